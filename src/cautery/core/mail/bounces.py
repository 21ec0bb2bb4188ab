"""Delivery reports: by the standard (RFC 3464), and in the words of the many systems that keep to none.

A report without the standard's form is weighed: who writes, under which subject, in which words, with what returned. No
single sign suffices, so that a person who quotes a report, or writes "undeliverable", is not taken for a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr

from cautery.core.mail.letter import Fields, Letter
from cautery.core.mail.tables import Cause, causes, header_names, rules
from cautery.core.mail.texts import addresses_in, flat, report_words, returned_headers

ENOUGH = 4
"""Weight from which a mail is a delivery report: two strong signs, or a strong one and two weak ones."""

CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
SMTP_LINE = re.compile(r"(?<![\d.])[45]\d\d[ -](?:[45]\.\d+\.\d+\b|.{3,})")
FIELD_LINE = re.compile(
    r"^[ \t]*(?:final|original|x-actual)-recipient: *(?:rfc822;)? *(.+)$", re.IGNORECASE | re.MULTILINE
)
ALONE = re.compile(
    r"""^[ \t>]*(?:\d+[.)]\ *|[-*•]\ *)?                                    # a number or a dash of a list
    [<"'(]?(?:mailto:)?([^\s<>"'()]+@[^\s<>"'(),;:]+)[>"')]*[ \t]*          # the address
    (?:[:;.,(\-].*|\s{2,}.*|\.\.\..*|\ (?:on|at)\ .*)?$                     # why, or when""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
LABELLED = re.compile(
    r"""\b(?:generated\ from|recipients?|addressee|user(?:name|id)?|e?-?mail[-\ ]?box|address(?:es)?(?:\(es\))?|rcpt\ to
    |error-for|failed|to|for|account|deliver(?:y|ed)?(?:\ to)?|destination|empfänger|destinataire|destinatario
    |получател\w+|宛先|收件人)\b[^@\n]{0,60}$""",
    re.IGNORECASE | re.VERBOSE,
)
HELP = re.compile(
    r"""(?:contact|help|support|postmaster|question|assist|info|webmaster|forward|notif|report(?:ed)?\ to
    |(?<!generated\ )from|sender|on\ behalf|wrote|message-id|by)\b[^@]{0,40}$""",
    re.IGNORECASE | re.VERBOSE,
)
FAILED_ACTIONS = ("fail", "delay", "expan", "reject", "bounc")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says: which addresses, why, and whether it is final (`failed`, `delayed`, `delivered`)."""

    addresses: tuple[str, ...]
    cause: str
    label: str
    action: str
    status: str
    said: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much speaks for a delivery report, and what."""

    weight: int
    signs: tuple[str, ...]


def sender_of(letter: Letter) -> tuple[str, str]:
    """(name, address) of who wrote, lower case."""
    name, address = parseaddr(letter.header("from").lower())
    if "@" not in address:
        address = next(iter(addresses_in(letter.header("from").lower())), address)
    return name, address


def is_daemon(letter: Letter) -> bool:
    """Whether a mail system writes: by its address, by its name, or by writing as nobody at all."""
    name, address = sender_of(letter)
    local = address.partition("@")[0] or name
    if rules("bounces", "senders").first(local) or rules("bounces", "names").first(name):
        return True
    return bool(rules("bounces", "names").first(letter.header("from")))


def has_null_path(letter: Letter) -> bool:
    """Whether it left with the empty return path (RFC 5321, 4.5.5), as what must not be answered does."""
    return letter.has("return-path") and letter.header("return-path").strip() in {"<>", "", "<MAILER-DAEMON>"}


def is_standard(letter: Letter) -> bool:
    """Whether it has the form of RFC 3464: a delivery status among its parts, or fields of one as its text."""
    groups = [g for g in letter.status if {"final-recipient", "original-recipient", "action", "status"} & g.keys()]
    return bool(groups) or (letter.content_type == "multipart/report" and letter.report_type == "delivery-status")


def weigh(letter: Letter) -> Weighed:
    """How much speaks for a delivery report that does not keep to the standard."""
    text = report_words(letter.text)
    said = flat(text)
    hits = rules("bounces", "phrases").count(said)
    subject = rules("bounces", "subjects").first(letter.header("subject"))
    signs = [
        (3, "a header only delivery reports carry", bool(header_names("bounces") & letter.headers.keys())),
        (2, "written by a mail system", is_daemon(letter)),
        (1, "empty return path", has_null_path(letter) or letter.header("from").strip() == "<>"),
        (2, f"subject “{subject}”", bool(subject)),
        (2, f"words “{rules('bounces', 'phrases').first(said)[:60]}”", hits > 0),
        (1, "several such sentences", hits > 2),
        (1, "the message is returned", bool(letter.original) or text != letter.text),
        (1, "a reply of a mail server is cited", bool(SMTP_LINE.search(said) or CODE.search(said))),
    ]
    return Weighed(sum(w for w, _, holds in signs if holds), tuple(words for _, words, holds in signs if holds))


def read_bounce(letter: Letter) -> Bounce:
    """What a delivery report says, whatever its form."""
    failed = [group for group in letter.status if _action(group)]
    said = " ".join(_said(group) for group in failed)
    text = report_words(letter.text)
    words = said or flat(text)
    status = _status(failed, words)
    actions = {_action(group) for group in failed}
    cause = _cause(status, f"{said} {flat(text)}" if said else words, letter.header("subject"))
    return Bounce(
        addresses=tuple(_addresses(letter, failed, text)),
        cause=cause.word if cause else "undefined",
        label=cause.label if cause else "not delivered, for a reason the report does not name",
        action=_worst(actions, words, letter.header("subject"), cause),
        status=status,
        said=_shown(failed, text),
    )


def _action(group: Fields) -> str:
    """The action of a recipient's fields; a comment after it is not part of it."""
    action = group.get("action", "").split("(")[0].strip().lower()
    if action:
        return action
    return "failed" if "final-recipient" in group or "original-recipient" in group else ""


def _said(group: Fields) -> str:
    return " ".join(
        group.get(name, "") for name in ("status", "diagnostic-code", "x-supplementary-info", "x-display-name")
    )


def _status(groups: list[Fields], words: str) -> str:
    """The enhanced status code: that of the diagnosis where it is more exact than the general one of the group."""
    codes = [
        code
        for group in groups
        for code in CODE.findall(group.get("diagnostic-code", "") + " " + group.get("status", ""))
    ]
    codes = codes or CODE.findall(words)
    exact = [code for code in codes if not code.endswith((".0.0", ".3.0", ".5.0"))]
    return next(iter(exact or codes), "")


def _cause(status: str, words: str, subject: str) -> Cause | None:
    """By the words first, since codes are often given without thought; then by the code."""
    known = causes()
    by_code = next((c for c in known if status and any(status.startswith(code) for code in c.codes)), None)
    by_words = next((c for c in known if c.word != "delivered" and c.patterns.first(words)), None)
    if by_code is not None and (by_code.word == "delivered" or by_code.word not in VAGUE):
        return by_code
    return by_words or by_code or next((c for c in known if c.patterns.first(subject)), None)


VAGUE = frozenset(
    {"policy_violation", "filtered", "system_error", "expired", "mail_loop", "syntax_error", "content_error"}
)
"""Causes whose codes many hosts give for anything: there the words decide."""


def _worst(actions: set[str], words: str, subject: str, cause: Cause | None) -> str:
    """The gravest of several actions; without any, by the words."""
    for word in ("fail", "reject", "delay", "deliver", "relay", "expand"):
        if any(action.startswith(word) for action in actions):
            return {"fail": "failed", "reject": "failed", "delay": "delayed"}.get(word, "delivered")
    if cause is not None and cause.word == "delivered":
        return "delivered"
    late = re.compile(r"\bdelay|still trying|will (?:keep|continue)|not yet|warning", re.IGNORECASE)
    return "delayed" if late.search(subject) or (late.search(words) and "gave up" not in words) else "failed"


def _addresses(letter: Letter, groups: list[Fields], text: str) -> list[str]:
    """Failed addresses: from the fields, from the headers, from the text, last of all from the message returned."""
    found: list[str] = []
    for group in groups:
        if _action(group).startswith(FAILED_ACTIONS) or len(groups) == 1:
            found += _of_fields(group)
    found = found or addresses_in(
        " ".join(" ".join(letter.headers.get(n, ())) for n in ("x-failed-recipients", "x-failed-recipient"))
    )
    found = found or [a for line in FIELD_LINE.findall(text) for a in addresses_in(line)]
    found = found or _in_words(letter, text)
    original = letter.original or returned_headers(letter.text)
    found = found or addresses_in(" ".join(original.get("to", ())))[:1]
    return list({address.lower(): address for address in found}.values())


def _of_fields(group: Fields) -> list[str]:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient", "x-display-name"):
        value = group.get(name, "").split(";", 1)[-1]
        if found := addresses_in(value):
            return found[:1]
    return []


def _in_words(letter: Letter, text: str) -> list[str]:
    """Addresses where reports name who was not reached: alone on a line, else after a word for an addressee, else any."""
    ours = {
        a.lower()
        for n in ("to", "from", "sender", "reply-to", "return-path", "delivered-to", "errors-to", "x-loop")
        for v in letter.headers.get(n, ())
        for a in addresses_in(v)
    }
    alone = [a for line in ALONE.finditer(text) for a in addresses_in(line.group(1)) if a.lower() not in ours]
    if alone:
        return alone
    labelled: list[str] = []
    others: list[str] = []
    for address in addresses_in(text):
        before = flat(text[: text.find(address)][-120:])
        if address.lower() in ours or rules("bounces", "senders").first(address.lower()):
            continue
        if HELP.search(before):
            continue
        (labelled if LABELLED.search(before) else others).append(address)
    return labelled or others[:1]


def _shown(groups: list[Fields], text: str) -> str:
    """What was said, short: the diagnosis where there is one, else the sentence of the text that says it."""
    for group in groups:
        if diagnosis := group.get("diagnostic-code", "").split(";", 1)[-1].strip():
            return diagnosis[:160]
    whole = flat(text)
    match = SMTP_LINE.search(whole) or rules("bounces", "phrases").earliest(whole)
    start = match.start() if match else 0
    return whole[start : start + 160].strip()

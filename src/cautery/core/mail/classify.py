"""What a mail is: who or what wrote it, and to say what.

The rule, in the order it is tried:

1. A feedback report (RFC 5965), or what mail hosts send in its place, is a `feedback_report`.
2. A delivery report in the standard's form (RFC 3464), unless a person forwards it, is a `bounce`; a receipt of reading
   (RFC 8098) is an `auto_reply`.
3. A person answers (reply subject or reference, and no sign of a machine): a `reply`, whatever words it quotes.
4. What weighs enough as a delivery report is a `bounce`.
5. A report of abuse that answers nothing of ours is an `abuse_notice`.
6. A machine's mail, or one that reads like one: with words of receipt an `acknowledgement`, else an `auto_reply`.
7. What quotes, answers or names our notice is a `reply`; the rest is `other`, and a person looks at it.
"""

from __future__ import annotations

import re

from cautery.core.mail.bounces import (
    ENOUGH,
    Bounce,
    has_null_path,
    is_daemon,
    is_standard,
    read_bounce,
    sender_of,
    weigh,
)
from cautery.core.mail.kinds import Classified, Kind
from cautery.core.mail.letter import Letter
from cautery.core.mail.notifications import notification
from cautery.core.mail.tables import header_names, rules, table
from cautery.core.mail.texts import LOOKED_AT, addresses_in, flat, is_quoting, own_words, report_words

COMPLAINT = re.compile(
    r"complaint about message from|(?:e-?mail|spam) (?:abuse |feedback )?report for (?:ip|domain)", re.IGNORECASE
)
SOURCE = re.compile(
    r"\bhttps?: ?//|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b", re.IGNORECASE
)
"""Addresses of what is complained about: a report names them, an acknowledgement hardly."""

RECEIPT_ONLY = re.compile(
    r"(?:case|ticket|incident|issue|notice|reference|rid|id)[ :_#-]*(?:id|number|no)?[ :.#]*[\w-]*\d{4,}", re.IGNORECASE
)
"""A number in a subject says nothing of who gave it."""

BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
NOBODY = re.compile(
    r"^(?:no|do|donot|dont|ne)[-_.]?(?:not[-_.]?|pas[-_.]?)?(?:reply|responder|respond|repondre|antworten)|^(?:auto|automated|notification|notifier|robot|system|daemon)\w*\b",
    re.IGNORECASE,
)
ANSWERING = re.compile(
    r"auto-?_?repl|auto-?respon|vacation|away|oof|inbox-rules|apple-action|autoresponder|postmessage", re.IGNORECASE
)
"""Marks of machines that answer; others (Auto-Submitted: auto-generated, noreply@) write of their own accord too."""

AUTOMATED = re.compile(
    r"\bautom[aá]t|\bautom\w{0,3}lag|auto-?generat|автомат|自動|自动|자동|otomatik|تلقائي|آلي|אוטומטי", re.IGNORECASE
)


def classify(letter: Letter, *, ours: bool = False) -> Classified:
    """What `letter` is; `ours`: it names or answers a notice of ours (core.mail.belongs)."""
    return (
        _reported(letter)
        or _by_person(letter)
        or _returned(letter)
        or _abuse(letter, ours=ours)
        or _by_machine(letter)
        or _rest(letter, ours=ours)
    )


def _reported(letter: Letter) -> Classified | None:
    """1 and 2: what has a standard's form."""
    if told := notification(letter.text):
        return told
    feedback = letter.feedback.get("feedback-type", "")
    if (
        feedback
        or letter.report_type == "feedback-report"
        or any(p.content_type == "message/feedback-report" for p in letter.parts)
    ):
        about = addresses_in(
            " ".join(
                letter.feedback.get(n, "") for n in ("original-rcpt-to", "removal-recipient", "original-mail-from")
            )
        )
        return Classified(
            Kind.FEEDBACK_REPORT,
            f"feedback report (RFC 5965): {feedback or 'no type given'}",
            tuple(about),
            cause=feedback or "other",
        )
    if COMPLAINT.search(letter.header("subject")) and letter.original:
        return Classified(Kind.FEEDBACK_REPORT, "a complaint about a mail, which is attached", cause="abuse")
    if letter.has("x-apple-unsubscribe") or (
        letter.header("auto-submitted") and letter.header("subject").lower() == "unsubscribe"
    ):
        return Classified(Kind.FEEDBACK_REPORT, "a mail program asks to unsubscribe for its user", cause="opt-out")
    if letter.report_type == "disposition-notification":
        return Classified(Kind.AUTO_REPLY, "receipt of reading (RFC 8098)", cause="read_receipt")
    if is_standard(letter) and not (_is_forward(letter) and not is_daemon(letter)):
        return _bounce(read_bounce(letter), "delivery report (RFC 3464)")
    return None


def _bounce(found: Bounce, by: str) -> Classified:
    words = f"{found.label}: {found.said}" if found.said else found.label
    return Classified(Kind.BOUNCE, f"{words} [{by}]", found.addresses, found.cause, found.action, found.status)


def _by_person(letter: Letter) -> Classified | None:
    """3: a person answers, and nothing says that a machine does."""
    if machine_signs(letter) or is_daemon(letter) or has_null_path(letter):
        return None
    own = flat(own_words(letter.text))
    answers = _answers(letter)
    if not answers and not (letter.bare and own):
        return None
    if rules("auto_replies", "subjects.patterns").first(_bare_subject(letter)) or _reads_automatic(letter, own):
        return None
    firm = _is_reply(letter) or bool(letter.header("in-reply-to"))
    if not firm and (weigh(letter).weight >= ENOUGH or _abuse(letter, ours=False) is not None):
        return None  # what only quotes, or only refers, may be a machine's report of what it returns
    return Classified(Kind.REPLY, f"a person answers: {answers or 'text without headers, and nothing a machine says'}")


def _returned(letter: Letter) -> Classified | None:
    """4: a delivery report in nobody's form."""
    weighed = weigh(letter)
    if weighed.weight < ENOUGH:
        return None
    automatic = rules("auto_replies", "subjects.patterns").first(letter.header("subject"))
    if automatic and not is_daemon(letter) and not rules("bounces", "subjects").first(letter.header("subject")):
        return None
    if not is_daemon(letter) and not has_null_path(letter) and (_is_forward(letter) or _is_reply(letter)):
        return None
    if not is_daemon(letter) and not _says_not_delivered(letter):
        return None
    return _bounce(read_bounce(letter), "; ".join(weighed.signs))


def _says_not_delivered(letter: Letter) -> bool:
    said = flat(report_words(letter.text))
    return bool(rules("bounces", "phrases").first(said) or header_names("bounces") & letter.headers.keys())


def _abuse(letter: Letter, *, ours: bool) -> Classified | None:
    """5: somebody else's report, in a mail of its own."""
    marks = header_names("abuse") & letter.headers.keys()
    named = [part.filename for part in letter.parts if rules("abuse", "filenames").first(part.filename)]
    xarf = [
        part
        for part in letter.parts
        if '"XARFVersion"' in part.text or '"xarf_version"' in part.text or "Report-Type:" in part.text
    ]
    if ours or _is_reply(letter):
        return None
    subject = rules("abuse", "subjects").first(letter.header("subject"))
    said = flat(own_words(letter.text)) or flat(letter.text)
    hits = rules("abuse", "phrases").count(said)
    receipt = _receipt(letter, said)
    if marks or xarf:
        return Classified(
            Kind.ABUSE_NOTICE, f"report of abuse, marked as one ({', '.join(sorted(marks)) or 'X-ARF'})", cause="xarf"
        )
    listed = len(SOURCE.findall(letter.text[:LOOKED_AT])) > 1
    weight = 2 * bool(subject) + min(hits, 3) + bool(named) + listed
    if weight < 3 or (receipt > hits and not (subject and hits > 1 and not _is_receipt_subject(letter))):
        return None
    return Classified(Kind.ABUSE_NOTICE, f"report of abuse: “{subject or rules('abuse', 'phrases').first(said)[:80]}”")


def _by_machine(letter: Letter) -> Classified | None:
    """6: a machine answers."""
    own = own_words(letter.text)
    said = flat(own) or flat(letter.text)
    marks = machine_signs(letter)
    subject = rules("auto_replies", "subjects.patterns").first(letter.header("subject"))
    away = rules("auto_replies", "phrases.patterns").first(said)
    if not marks and not subject and not _reads_automatic(letter, said):
        return None
    desk = rules("acknowledgements", "desk").first(f"{letter.header('subject')} {said}")
    receipt = _receipt(letter, said)
    ticket = ticket_of(letter)
    of_a_desk = bool(header_names("acknowledgements") & letter.headers.keys())
    if receipt and (of_a_desk or (receipt > 1 and (desk or ticket or not (away or subject)))):
        return Classified(
            Kind.ACKNOWLEDGEMENT,
            f"a desk's machine took it in: “{rules('acknowledgements', 'phrases').first(said)[:80]}”",
            ticket=ticket,
        )
    if _is_mailing(letter) and not away and not subject:
        return None
    if rules("replies", "answers").first(said) and not subject and not away:
        return None
    if not (subject or away or _answers(letter) or any(ANSWERING.search(mark) for mark in marks)):
        return None
    why = f"“{subject or away}”" if subject or away else ", ".join(marks)
    return Classified(
        Kind.AUTO_REPLY,
        f"a machine answers: {why[:120]}",
        addresses=(sender_of(letter)[1],) if sender_of(letter)[1] else (),
        cause="automatic",
    )


def _rest(letter: Letter, *, ours: bool) -> Classified:
    """7: a reply all the same, or something else."""
    answers = _answers(letter)
    if ours or answers:
        return Classified(Kind.REPLY, f"it answers: {answers or 'it names our notice'}", ticket=ticket_of(letter))
    if not letter.text.strip() and not letter.headers:
        return Classified(Kind.OTHER, "nothing in it can be read")
    said = rules("replies", "answers").first(flat(letter.text))
    if said and not _is_mailing(letter):
        return Classified(Kind.REPLY, f"it says what was done: “{said[:80]}”", ticket=ticket_of(letter))
    return Classified(
        Kind.OTHER, "a mail of its own that answers nothing of ours" if not _is_mailing(letter) else "a mailing"
    )


def machine_signs(letter: Letter) -> list[str]:
    """What in the headers says that a machine wrote it (RFC 3834, 2 and 5; RFC 2076 for Precedence)."""
    signs = []
    submitted = letter.header("auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        signs.append(f"Auto-Submitted: {submitted[:40]}")
    if letter.header("precedence").lower() in BULK and not letter.has("list-id"):
        signs.append(f"Precedence: {letter.header('precedence')}")
    values = table("auto_replies")["values"]
    named = sorted(header_names("auto_replies") & letter.headers.keys())
    signs += [n for n in named if n not in values or re.search(values[n], letter.header(n), re.IGNORECASE)]
    signs += [
        f"{name}: {letter.header(name)[:40]}"
        for name, value in values.items()
        if name != "auto-submitted" and re.search(value, letter.header(name), re.IGNORECASE)
    ]
    if header_names("acknowledgements") & letter.headers.keys() and not is_quoting(letter):
        signs.append("written by a ticket system")
    if NOBODY.search(sender_of(letter)[1].partition("@")[0]):
        signs.append("its address takes no answers")
    return list(dict.fromkeys(signs))


def ticket_of(letter: Letter) -> str:
    """The number the other desk gave it, from the subject, else from its own words; empty where none is named."""
    for text in (letter.header("subject"), flat(own_words(letter.text))[:4_000]):
        for pattern in rules("acknowledgements", "tickets").compiled:
            if found := pattern.search(text):
                return found.group("id").strip(".-_")
    return ""


def _is_receipt_subject(letter: Letter) -> bool:
    return bool(rules("acknowledgements", "subjects").first(RECEIPT_ONLY.sub("", letter.header("subject"))))


def _receipt(letter: Letter, said: str) -> int:
    """How many signs of receipt: in the subject, in its words."""
    return 2 * bool(rules("acknowledgements", "subjects").first(letter.header("subject"))) + rules(
        "acknowledgements", "phrases"
    ).count(said)


def _reads_automatic(letter: Letter, said: str) -> bool:
    """Without a mark in the headers, the words must say so plainly: that it is automatic, or that somebody is away."""
    if rules("replies", "answers").first(said):
        return False
    opening = said[:600]
    away = rules("auto_replies", "phrases.patterns").first(opening)
    receipts = rules("acknowledgements", "phrases").count(said)
    return bool(away) or bool(AUTOMATED.search(said) and receipts) or (receipts > 2 and bool(ticket_of(letter)))


def _answers(letter: Letter) -> str:
    """By what it answers something: subject, reference or quotation; empty where by nothing."""
    if _is_reply(letter):
        return f"subject “{letter.header('subject')[:60]}”"
    if letter.header("in-reply-to") or (letter.header("references") and not _is_mailing(letter)):
        return "it refers to a message"
    return "it quotes a message" if is_quoting(letter) and not _is_mailing(letter) and letter.text.strip() else ""


def _is_mailing(letter: Letter) -> bool:
    return (
        letter.has("list-id")
        or letter.has("list-unsubscribe")
        or letter.header("precedence").lower() in {"bulk", "list", "junk"}
    )


def _prefix(letter: Letter, key: str) -> bool:
    words = "|".join(table("replies")[key])
    return bool(
        re.match(
            rf"\s*(?:\[[^\]]{{1,80}}\]\s*)*(?:{words})(?:\s?[\[(]?\d+[\])]?)?\s?[:：]",
            letter.header("subject"),
            re.IGNORECASE,
        )
    )


def _is_reply(letter: Letter) -> bool:
    return _prefix(letter, "prefixes")


def _is_forward(letter: Letter) -> bool:
    return _prefix(letter, "forwards")


def _bare_subject(letter: Letter) -> str:
    """The subject without "Re:", under which a quoted "out of office" would mislead."""
    return "" if _is_reply(letter) else letter.header("subject")

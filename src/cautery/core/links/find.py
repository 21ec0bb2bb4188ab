"""Links in free text, in any script, defanged or not.

text -> made whole (refang) -> candidates by one pattern -> host checked -> end trimmed -> places as written
"""

from __future__ import annotations

import re
from functools import cache

from cautery.core.links.hosts import in_ascii, known_suffix
from cautery.core.links.model import Found
from cautery.core.links.refang import refang_with_places

_CJK = "\u1100-\u11ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
_STOP = (
    r"\s<>`\u0000-\u001f\u2028\u2029\ufeff\u200b\u3000-\u3004\u3008-\u301f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_END_OF_HOST = rf"{_STOP}/?#\\:@\"'()\[\]{{}}|,;!$%^&*=+~"
_NAME = rf"(?:(?![{_CJK}])[\w-])"
_TAIL = rf"(?:[/?#][^{_STOP}]*)?"
_APPS = "at|ipfs|ipns|lbry|matrix|mega|nostr|sgnl|tg|viber|whatsapp"

_TOKEN = re.compile(rf"[^{_STOP}]*")
_CUT_AT_CJK = re.compile(rf"[A-Za-z0-9_](?=[{_CJK}])")
_LABEL_THEN_CJK = re.compile(rf"\.([A-Za-z]{{2,}})(?=[{_CJK}])")
_PUNCTUATION = "@.,;:!?'\"*…»”’‘“«)]}।،؛؟"
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_SHORT = re.compile(r"/[A-Za-z0-9]+(?:\?[A-Za-z0-9_&=.-]+)?")
_SHORT_LONGEST = 41
"""Of t.co: its paths have up to 40 letters, and whatever follows them belongs to the text."""
_FILE_SUFFIXES = frozenset({"mov", "md", "pl", "ps", "py", "rs", "sh", "zip"})
"""Suffixes that are in the registry but in a text nearly always end the name of a file."""


@cache
def _candidate() -> re.Pattern[str]:
    """An app's link, a web address, a mail address or a bare host; compiled when a text is first searched."""
    return re.compile(
        rf"(?i)(?<![A-Za-z0-9_])(?P<app>(?:(?:{_APPS})://|nostr:(?=n))[^{_STOP}]+)"
        rf"|(?<![A-Za-z0-9_#$@＃＠])(?P<scheme>https?://|ftp://)(?:[A-Za-z0-9._~%!$&'*+,;=:-]*@)?(?P<host>[^{_END_OF_HOST}]+)"
        rf"(?P<port>:\d+)?(?P<tail>{_TAIL})"
        rf"|(?<![\w.+/@#$:-])(?P<mail>(?:mailto:)?[A-Za-z0-9_](?:[A-Za-z0-9_.+'-]*[A-Za-z0-9_+-])?)@(?P<at>{_NAME}+(?:\.{_NAME}+)*)"
        rf"|(?:(?<![:/\w])//|(?<![A-Za-z0-9_@#$＃＠./:\\%=-])(?<![A-Za-z0-9]’))(?P<bare>{_NAME}+(?:\.{_NAME}+)+)"
        rf"(?P<bare_port>:\d+)?(?P<bare_tail>{_TAIL})"
    )


def find_links(text: str) -> list[Found]:
    """The links and mail addresses in a text, in order, with their places in code points.

    `text` of each is as written; `url` is the address it means (without a scheme where none was written).
    """
    whole, places = refang_with_places(text)
    pattern = _candidate()
    found: list[Found] = []
    at = 0
    while (candidate := pattern.search(whole, at)) is not None:
        end = _end(candidate)
        if end is None:
            at = _skip(whole, candidate)
            continue
        start = candidate.start()
        found.append(_found(text, whole, places, start, end))
        at = end
    return found


def _found(text: str, whole: str, places: list[int] | None, start: int, end: int) -> Found:
    url = whole[start:end]
    if places is None:
        return Found(start, end, url, url, defanged=False)
    first, last = places[start], places[end - 1] + 1
    written = text[first:last]
    return Found(first, last, written, url, defanged=written != url)


def _skip(whole: str, candidate: re.Match[str]) -> int:
    """Where to look on behind what is no link: behind the whole word where it carried a scheme."""
    if candidate["scheme"]:
        token = _TOKEN.match(whole, candidate.start())
        return max(candidate.end(), token.end() if token else 0)
    return candidate.end()


def _end(candidate: re.Match[str]) -> int | None:
    """Where the link ends, or None where the candidate is none."""
    if candidate["app"]:
        return candidate.start() + len(_trimmed(candidate["app"]))
    if candidate["mail"]:
        return _end_of_mail(candidate)
    if candidate["scheme"]:
        return _end_of_web(candidate, "host", "port", "tail", with_scheme=True)
    return _end_of_web(candidate, "bare", "bare_port", "bare_tail", with_scheme=candidate[0].startswith("//"))


def _end_of_mail(candidate: re.Match[str]) -> int | None:
    host = candidate["at"].rstrip("-")
    labelled = "." in host and not host.startswith("-") and known_suffix(in_ascii(host))
    return candidate.start("at") + len(host) if labelled or candidate["mail"].startswith("mailto:") else None


def _end_of_web(candidate: re.Match[str], host: str, port: str, tail: str, *, with_scheme: bool) -> int | None:
    name = candidate[host]
    cut = _LABEL_THEN_CJK.search(name)
    if cut is not None and known_suffix(cut[1].lower()):
        return candidate.start(host) + cut.end(1) if _is_host(name[: cut.end(1)], with_scheme=with_scheme) else None
    if not _is_host(name.rstrip("."), with_scheme=with_scheme):
        return None
    if candidate[port] and int(candidate[port][1:7]) > 65_535:
        return None
    rest = candidate[tail]
    if not rest:
        stop = candidate.end(port) if candidate[port] else candidate.start(host) + len(name.rstrip("."))
        return None if _runs_on(candidate.string, stop) else stop
    if name.lower() == "t.co" and rest.startswith("/"):
        short = _SHORT.match(rest)
        return candidate.start(tail) + short.end() if short and len(rest.split("?")[0]) <= _SHORT_LONGEST else None
    if not with_scheme and name.rpartition(".")[2].lower() in _FILE_SUFFIXES and rest[0] != "/":
        return None
    return candidate.start(tail) + len(_trimmed(rest))


def _runs_on(text: str, end: int) -> bool:
    """Whether a bare host is followed by something that makes it part of another word."""
    after = text[end : end + 2]
    return after[:1] in {"_", "@"} or (after[:1] == "!" and after[1:].isalnum())


def _is_host(name: str, *, with_scheme: bool) -> bool:
    labels = name.split(".")
    if name.replace(".", "").isdigit() and name.isascii():
        four = len(labels) == 4 and all(label.isdigit() and int(label) < 256 for label in labels)
        return four or (with_scheme and (len(labels) == 1 or len(labels) == 4))
    if len(labels) < 2 or not all(_is_label(label) for label in labels) or any("_" in label for label in labels[-2:]):
        return False
    last = labels[-1].lower()
    if with_scheme:
        return len(last) > 1
    if last in _FILE_SUFFIXES and len(labels) < 3:
        return False
    return not last.isdigit() and known_suffix(in_ascii(name))


def _is_label(label: str) -> bool:
    if not label or label[0] in "-_" or label[-1] in "-_":
        return False
    return label.isascii() or not label.lower().startswith("xn--")


def _trimmed(tail: str) -> str:
    """The part of what follows a host that belongs to the link and not to the sentence around it."""
    cut = _CUT_AT_CJK.search(tail)
    if cut is not None:
        tail = tail[: cut.end()]
    if tail.count('"') % 2:
        tail = tail[: tail.index('"')]
    while True:
        tail = tail[: _unbalanced(tail)]
        if len(tail) > 1 and tail[-1] in _PUNCTUATION and not _closes(tail):
            tail = tail[:-1]
        else:
            break
    return tail if tail not in {"?", "."} else ""


def _closes(tail: str) -> bool:
    """Whether the last letter closes a bracket or a quotation that the link itself opened."""
    opener = {close: open_ for open_, close in _PAIRS.items()}.get(tail[-1])
    if opener is not None:
        return tail.count(opener) >= tail.count(tail[-1])
    return tail[-1] == '"' and tail.count('"') > 1


def _unbalanced(tail: str) -> int:
    """Where the first bracket stands that has no partner in the link."""
    opened: list[int] = []
    for at, letter in enumerate(tail):
        if letter in _PAIRS:
            opened.append(at)
        elif letter in _PAIRS.values():
            if not opened or _PAIRS[tail[opened[-1]]] != letter:
                return at
            opened.pop()
    return opened[0] if opened else len(tail)

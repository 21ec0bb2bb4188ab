"""A message as it came (RFC 5322, MIME), read without ever raising: headers, what a person sees first, what is attached.

    bytes -> read_letter -> Letter -> classify, belongs_to, proof

Reading is bounded: of a message of any size the first `READ_BYTES` are parsed and `TEXT_CHARS` of its text are kept.
A message inside (a returned original, a forwarded one) is kept by its headers, never read as if it were the letter itself.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import policy
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser, HeaderParser

from selectolax.lexbor import LexborHTMLParser

from cautery.core.mail.charsets import decoded

READ_BYTES = 1_048_576
TEXT_CHARS = 100_000
PARTS = 100
HTML_CHARS = 300_000
ORIGINAL_HEADERS = 32_768
KNOWN = frozenset(
    {"from", "to", "cc", "subject", "date", "received", "message-id", "return-path", "reply-to", "sender"}
    | {"content-type", "content-transfer-encoding", "mime-version", "delivered-to", "in-reply-to", "references"}
    | {"x-mailer", "auto-submitted", "precedence", "list-id", "dkim-signature"}
)
"""A file with none of these is no message with headers but the bare text of one."""

LOST_BOUNDARY = re.compile(
    rb"^--([^\s\r\n][^\r\n]{0,69})\r?\n(?:content-[a-z-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+",
    re.IGNORECASE | re.MULTILINE,
)
"""The beginning of a part in a message whose headers no longer say that it has parts."""

CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BINARY = 100
"""One control character in so many bytes, and what has no headers is a file of another kind: nobody wrote it."""
HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body|div|p|table|meta|span|style)\b", re.IGNORECASE)
BLOCKS = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|table|hr|pre|ul|ol|title)\b[^>]*>", re.IGNORECASE)
OPENED = re.compile(r"<[a-z]", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
TOO_DEEP = 2_000
"""Elements left open: the time a parser needs grows with the square of the depth, so beyond this the tags are only dropped."""

QUOTES = (
    "blockquote, .gmail_quote, .yahoo_quoted, #divRplyFwdMsg, .moz-cite-prefix, #OLK_SRC_BODY_SECTION, #stopSpelling"
)

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the message: its type, its file name, and its text where it is text."""

    content_type: str
    filename: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as read.

    `text` is what a person sees first, `quoted` whether HTML marked a part of it as a quotation; `status` are the field
    groups of a delivery status (RFC 3464), `feedback` those of a feedback report (RFC 5965), `original` the headers of
    the message returned or attached. `bare` text came without headers; `truncated` was longer than what is read.
    """

    headers: Mapping[str, tuple[str, ...]]
    content_type: str
    report_type: str
    text: str
    size: int
    quoted: bool = False
    html_only: bool = False
    bare: bool = False
    truncated: bool = False
    parts: tuple[Part, ...] = ()
    status: tuple[Fields, ...] = ()
    feedback: Fields = field(default_factory=dict)
    original: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty where there is none."""
        return next(iter(self.headers.get(name.lower(), ())), "")

    def has(self, name: str) -> bool:
        """Whether the header is there at all, empty or not."""
        return name.lower() in self.headers


@dataclass(slots=True)
class _Reading:
    """What is gathered on the way through the parts."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    status: list[Fields] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    original: dict[str, tuple[str, ...]] = field(default_factory=dict)
    after_original: bool = False


def read_letter(raw: bytes) -> Letter:
    """Read a message; bytes that are none are a bare text. Nothing raises, whatever the bytes."""
    head = raw[:READ_BYTES]
    message = _parsed(head)
    headers = _headers(message)
    if not KNOWN & headers.keys():
        return _bare(head, len(raw))
    reading = _Reading()
    for part in _leaves(message):
        _take(part, reading)
    plain = "\n".join(text for text in reading.plain if text.strip())
    marked, shown = ("", plain) if plain.strip() else _from_html("\n".join(reading.html))
    return Letter(
        headers=headers,
        content_type=message.get_content_type(),
        report_type=_parameter(message, "report-type"),
        text=shown[:TEXT_CHARS],
        size=len(raw),
        quoted=bool(marked) or (bool(reading.html) and _quotes("\n".join(reading.html))),
        html_only=bool(reading.html) and not plain.strip(),
        truncated=len(raw) > READ_BYTES,
        parts=tuple(reading.parts),
        status=tuple(reading.status),
        feedback=reading.feedback,
        original=reading.original,
    )


def _parsed(head: bytes) -> Message:
    """The message with its parts; one nested beyond reason is read as headers and a body."""
    # The newer policies parse addresses as they are read, and raise on some that are none: `From: <`.
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(head)
        lost = None if message.is_multipart() else LOST_BOUNDARY.search(head)
        return message if lost is None else _with_parts(message, head, lost)
    except RecursionError:
        return BytesParser(policy=policy.compat32).parsebytes(head, headersonly=True)


def _with_parts(message: Message, head: bytes, lost: re.Match[bytes]) -> Message:
    """The same message, with the boundary its headers forgot."""
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    before = head[len(top) : lost.start()].strip()
    declared = message.get_content_maintype() == "multipart" or not message.get("Content-Type")
    # Text above the first part that speaks of anything but MIME is the message itself, and returns one with parts.
    if (
        not KNOWN & {name.lower() for name, _ in message.items()}
        or not declared
        or (before and b"MIME" not in before[:400])
    ):
        return message
    kept = re.sub(rb"^content-type:.*(?:\r?\n[ \t].*)*\r?\n?", b"", top, flags=re.IGNORECASE | re.MULTILINE)
    boundary = b'Content-Type: multipart/mixed; boundary="' + lost.group(1).rstrip().replace(b'"', b"") + b'"'
    mended = kept.rstrip(b"\r\n") + b"\n" + boundary + b"\n\n" + head[lost.start() :]
    return BytesParser(policy=policy.compat32).parsebytes(mended)


def _bare(head: bytes, size: int) -> Letter:
    text = decoded(head, "") if len(CONTROLS.findall(head)) <= len(head) // BINARY else ""
    quoted, shown = _from_html(text) if HTML.match(text) else ("", text)
    return Letter(
        headers={},
        content_type="text/html" if HTML.match(text) else "text/plain",
        report_type="",
        text=shown[:TEXT_CHARS],
        size=size,
        quoted=bool(quoted),
        html_only=bool(HTML.match(text)),
        bare=True,
        truncated=size > READ_BYTES,
    )


def _headers(message: Message) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in message.items():
        found.setdefault(name.lower().strip(), []).append(words(str(value)))
    return {name: tuple(values) for name, values in found.items()}


def words(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded and its folding undone; what cannot be decoded stays."""
    if "=?" in value:
        try:
            pieces = decode_header(value)
        except (ValueError, LookupError):
            pieces = [(value, None)]
        value = "".join(p if isinstance(p, str) else decoded(p, charset or "us-ascii") for p, charset in pieces)
    else:
        value = decoded(value.encode("utf-8", "surrogateescape"), "")
    return " ".join(value.split())


def _parameter(message: Message, name: str) -> str:
    try:
        value = message.get_param(name, "")
    except (LookupError, ValueError):
        return ""
    return (value[2] if isinstance(value, tuple) else str(value)).strip().strip('"').lower()


def _leaves(message: Message) -> Iterator[Message]:
    """Parts in order, without going into messages inside; at most so many, however deep."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS:
        part = waiting.pop()
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _take(part: Message, into: _Reading) -> None:
    kind = part.get_content_type()
    if kind in {"message/delivery-status", "message/global-delivery-status"}:
        into.status += _groups(_plain(part))
    elif kind == "message/feedback-report":
        into.feedback = {k: v for group in _groups(_plain(part)) for k, v in group.items()}
    elif kind in {"message/rfc822", "message/global", "message/partial"}:
        _take_original(_plain(part), into)
    elif kind.startswith("text/rfc822-header") or kind == "message/global-headers":
        _take_original(_body(part), into)
    elif kind in {"text/plain", "text/html"} or kind.startswith("multipart/"):
        text = _body(part)
        into.parts.append(Part(kind, _filename(part), text[:TEXT_CHARS]))
        if not into.after_original and part.get_content_disposition() != "attachment":
            (into.html if kind == "text/html" else into.plain).append(text)
        return
    else:
        into.parts.append(Part(kind, _filename(part), _body(part)[:TEXT_CHARS] if kind.startswith("text/") else ""))
        return
    into.parts.append(Part(kind, _filename(part)))


def _take_original(text: str, into: _Reading) -> None:
    into.after_original = True
    if not into.original:
        into.original = header_block(text)


def header_block(text: str) -> dict[str, tuple[str, ...]]:
    """The headers at the top of `text`, by lower-case name."""
    return _headers(HeaderParser(policy=policy.compat32).parsestr(text.lstrip()[:ORIGINAL_HEADERS]))


def _plain(part: Message) -> str:
    """The text of a `message/*` part, which the parser has taken for messages of their own."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _body(part)
    blocks = []
    for inner in payload:
        if not isinstance(inner, Message):
            continue
        fields = "".join(f"{name}: {value}\n" for name, value in inner.items())
        below = inner.get_payload()
        rest = below if isinstance(below, str) else ""
        blocks.append(f"{fields}\n{rest}")
    text = "\n".join(blocks)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    return _unpacked(text) if encoding == "base64" else text


def _unpacked(text: str) -> str:
    try:
        return decoded(base64.b64decode("".join(text.split()), validate=True), "")
    except ValueError:
        return text


def _groups(text: str) -> list[dict[str, str]]:
    """Field groups parted by empty lines (RFC 3464, 2.1); lines that are no field go with the one before."""
    groups: list[dict[str, str]] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        fields: dict[str, str] = {}
        last = ""
        for line in block.splitlines():
            name, colon, value = line.partition(":")
            if colon and not line[:1].isspace() and re.fullmatch(r"[!-9;-~]+", name.strip()):
                last = name.strip().lower()
                fields[last] = words(value)
            elif last:
                fields[last] = f"{fields[last]} {words(line)}".strip()
        if fields:
            groups.append(fields)
    return groups


def _body(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return ""
    try:
        raw = part.get_payload(decode=True)
    except (LookupError, ValueError):
        raw = None
    if not isinstance(raw, bytes):
        raw = str(payload).encode("utf-8", "surrogateescape")
    return decoded(raw, _parameter(part, "charset"))


def _filename(part: Message) -> str:
    """The name of an attachment; one that cannot be decoded is not ours."""
    try:
        return words(part.get_filename("") or "")
    except (LookupError, ValueError):
        return ""


def _from_html(html: str) -> tuple[str, str]:
    """(what is quoted, what is shown) of an HTML body, as lines of text."""
    html = html[:HTML_CHARS]
    if _is_too_deep(html):
        return "", " ".join(TAG.sub(" ", html).split())
    tree = LexborHTMLParser(BLOCKS.sub(lambda tag: f"\n{tag.group()}", html.replace("\0", "")))
    tree.strip_tags(["script", "style", "head", "noscript", "template"])
    body = tree.body
    if body is None:
        return "", ""
    quoted = " ".join(node.text() for node in tree.css(QUOTES))[:1_000]
    lines = (" ".join(line.split()) for line in body.text().splitlines())
    return quoted.strip(), "\n".join(line for line in lines if line)


def _quotes(html: str) -> bool:
    html = html[:HTML_CHARS]
    return not _is_too_deep(html) and bool(LexborHTMLParser(html.replace("\0", "")).css_first(QUOTES))


def _is_too_deep(html: str) -> bool:
    return len(OPENED.findall(html)) - html.count("</") > TOO_DEEP

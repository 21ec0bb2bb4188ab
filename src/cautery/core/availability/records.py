"""One JSON record of anybody's as an observation; any part of it may be missing, in another type, or markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cautery.core.pages import read_page

from .siblings import Siblings
from .verdicts import Observation

MARKUP = re.compile(r"<(?:!doctype|/?[a-z][a-z0-9]*[\s>/])", re.IGNORECASE)
SAID = frozenset(
    {
        "error",
        "message",
        "msg",
        "reason",
        "detail",
        "details",
        "description",
        "error_description",
        "errors",
        "title",
        "errormsg",
        "error_message",
        "usermessage",
        "status",
        "code",
    }
)
CODES = frozenset({"status", "code", "statuscode", "status_code", "error_code", "errorcode", "httpstatus", "error"})
DEPTH = 4
TEXT_LIMIT = 4_000


def read_record(record: Mapping[str, Any]) -> Observation:
    """An observation from `provider`, `url`, `status`, `final_url`, `headers`, `title`, `text`, `failed`, `exit`.

    Text that is markup is read as a page; text that is JSON is read for what an API says of errors, and for the status it
    gives in place of HTTP's. A status that is missing is -1: then only words and addresses tell.
    """
    url = _text(record.get("url"))
    status = _status(record.get("status"))
    title, text, inner = _body(_text(record.get("title")), _text(record.get("text")), url)
    if inner is not None and (status == -1 or 200 <= status < 300):
        status = inner
    return Observation(
        url=url,
        final_url=_text(record.get("final_url")) or url,
        status=status,
        title=title,
        text=text,
        failed=_text(record.get("failed")) or _text(record.get("error")),
        provider=_text(record.get("provider")),
        headers=_headers(record.get("headers")),
        exit=_text(record.get("exit")) or _text(record.get("country")),
    )


def read_siblings(record: Mapping[str, Any]) -> Siblings | None:
    """The known-missing and known-present pages of a record (`missing`, `present`), where it has them."""
    missing, present = record.get("missing"), record.get("present")
    if not isinstance(missing, Mapping):
        return None
    return Siblings(read_record(missing), read_record(present) if isinstance(present, Mapping) else None)


def _body(title: str, text: str, url: str) -> tuple[str, str, int | None]:
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] in {"{", "["} and len(stripped) > 2:
        try:
            answer = json.loads(stripped)
        except (ValueError, RecursionError):
            return title, text, None  # words in brackets, then
        return title, " ".join(_said(answer))[:TEXT_LIMIT], _code(answer)
    if MARKUP.search(text[:TEXT_LIMIT]):
        page = read_page(text.encode("utf-8", "replace"), url, addresses=False)
        return title or page.title, page.text, None
    return title, text[: TEXT_LIMIT * 2], None


def _said(answer: Any, depth: int = 0, key: str = "") -> Iterator[str]:
    """The texts of an API's answer that stand where errors are told."""
    if depth > DEPTH:
        return
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            yield from _said(value, depth + 1, str(name).lower())
    elif isinstance(answer, list):
        for value in answer[:20]:
            yield from _said(value, depth + 1, key)
    elif isinstance(answer, str) and key in SAID:
        yield answer.replace("_", " ").replace("-", " ") if " " not in answer else answer


def _code(answer: Any) -> int | None:
    """The HTTP status that stands in the answer."""
    if not isinstance(answer, Mapping):
        return None
    for name, value in answer.items():
        if str(name).lower() in CODES:
            found = value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else 0
            if 400 <= found < 600:
                return found
        if (
            isinstance(value, Mapping)
            and (inner := _code(value)) is not None
            and str(name).lower() in {"error", "errors", "meta"}
        ):
            return inner
    return None


def _status(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        return -1
    try:
        status = int(str(value).strip()[:3])
    except ValueError:
        return -1
    return status if 0 <= status < 1_000 else -1


def _headers(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(name).lower(): _text(content) for name, content in value.items()}
    pairs = value if isinstance(value, list) else []
    return {str(pair[0]).lower(): _text(pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return value if isinstance(value, str) else "" if value is None or isinstance(value, bool | Mapping) else str(value)

"""The catalogues of the desk: find what users see, bring `.po` files up to date with it, and compile them. `make messages`.

What users see is what templates and code under `src/cautery/web` translate, and the plain sentences of errors that the stages a desk
reaches raise (`SPOKEN`): a page shows those through `gettext`. It needs Babel, and no gettext of the system.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from cautery.core import errors

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/cautery"
WEB = PACKAGE / "web"
LOCALE = WEB / "locale"
LANGUAGES = ("de", "fr")
SPOKEN = (
    "authorise",
    "core/saml",
    "directory",
    "intake",
    "match",
    "ocr",
    "refer/deconfliction",
    "report",
    "review",
    "track",
    "watch",
    "web",
)
"""Where errors come from that a page of the desk can show."""

ERRORS = {
    name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, errors.CauteryError)
}
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop", "later"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
_CALL = re.compile(r"""\b(n?p?gettext|_)\(((?:u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:, ?)?)+)""")


class Message(NamedTuple):
    """What stands in a catalogue: the words, their plural where they count something, and the context that tells them apart."""

    words: str
    plural: str = ""
    context: str = ""


def of_template(text: str) -> Iterator[Message]:
    """What a template translates."""
    for name, words in _CALL.findall(templatize(text)):
        yield _message(name, ast.literal_eval(f"({words.rstrip(', ')},)"))


def of_code(text: str, *, spoken: bool, web: bool) -> Iterator[Message]:
    """What a module translates, if it is of the `web`, and the plain sentences of the errors it raises, if it is `spoken`."""
    for node in ast.walk(ast.parse(text)):
        if web and isinstance(node, ast.Call) and _name(node) in SINGULAR | PLURAL | CONTEXT:
            words = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if words:
                yield _message(_name(node), words)
        said = node.exc if isinstance(node, ast.Raise) else node.value if isinstance(node, ast.Return) else None
        if spoken and isinstance(said, ast.Call) and _name(said) in ERRORS:
            first = said.args[0] if said.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Message(first.value)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _message(name: str, words: Iterable[str]) -> Message:
    first, *rest = words
    if "p" in name.removesuffix("gettext").removesuffix("gettext_lazy"):
        return Message(rest[0], rest[1] if len(rest) > 1 else "", context=first)
    return Message(first, rest[0] if name.startswith("n") else "")


def found() -> list[Message]:
    """Everything users see, in order."""
    messages: dict[Message, None] = {}
    for path in sorted(WEB.rglob("*.html")):
        messages |= dict.fromkeys(of_template(path.read_text()))
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        spoken = place.startswith(tuple(f"{folder}/" for folder in SPOKEN))
        messages |= dict.fromkeys(of_code(path.read_text(), spoken=spoken, web=place.startswith("web/")))
    return sorted({message for message in messages if message.words}, key=lambda m: (m.words.casefold(), m.words, m))


def catalogue(language: str) -> Catalog:
    """The catalogue as it stands in the repository."""
    path = LOCALE / language / "LC_MESSAGES/django.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def renewed(language: str) -> Catalog:
    """The catalogue with everything found and nothing else; what was translated stays so."""
    old, new = catalogue(language), Catalog(locale=language, project="Cautery", fuzzy=False)
    for words, plural, context in found():
        before = old.get(words, context or None)
        string = before.string if before and not before.fuzzy else ""
        counted = (words, plural) if plural else words
        fits = isinstance(string, tuple) == bool(plural)
        new.add(counted, string if fits else "", context=context or None)
    return new


def missing(language: str) -> list[str]:
    """What the catalogue does not say in this language, or says with other placeholders."""
    bad = []
    for message in renewed(language):
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(placeholders(message.id if isinstance(message.id, str) else message.id[1]))
        holds = (
            all(said)
            and all(set(placeholders(words)) <= wanted for words in said)
            and wanted <= set(placeholders(said[-1]))
        )
        if message.id and not holds:
            bad.append(message.id if isinstance(message.id, str) else message.id[0])
    return bad


def placeholders(words: str) -> list[str]:
    """What is filled in: %(name)s, and tags of HTML with their contents' place."""
    return re.findall(r"%\(\w+\)[sd]|</?\w+>", words)


def compiled(book: Catalog) -> bytes:
    """As gettext reads it; the same bytes whenever it is made."""
    book.creation_date = book.revision_date = NEVER
    out = io.BytesIO()
    write_mo(out, book)
    return out.getvalue()


def written(book: Catalog) -> bytes:
    """As people edit it: no places and no dates, which would differ with every change of a line."""
    out = io.BytesIO()
    write_po(out, book, width=150, no_location=True, omit_header=True, sort_output=False)
    kind = f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {book.plural_forms}\\n"\n'
    return f'msgid ""\nmsgstr ""\n"Language: {book.locale_identifier}\\n"\n{kind}\n'.encode() + out.getvalue()


def main() -> None:
    """Renew and compile them all, and say what is not translated."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        book = renewed(language)
        (folder / "django.po").write_bytes(written(book))
        (folder / "django.mo").write_bytes(compiled(read_po(io.BytesIO(written(book)), locale=language)))
        bad = missing(language)
        sys.stdout.write(f"{language}: {len(book)} messages, {len(bad)} to be translated\n")
        sys.stdout.writelines(f"  {words!r}\n" for words in bad)


if __name__ == "__main__":
    main()

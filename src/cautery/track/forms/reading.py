"""Which forms of law a mail carries: attached as JSON or PDF, or filled in within its text."""

from __future__ import annotations

from dataclasses import dataclass

from cautery.channels.mail import Attached, Incoming
from cautery.core.errors import FileRefused
from cautery.core.instruments import Catalogue
from cautery.core.instruments.incoming import Heard, heard_in_json, heard_in_text
from cautery.refer.printing.reading import machine_form

NOT_FORMS = frozenset({"no_machine_form", "not_incoming", "not_a_statement", "not_a_notice"})
"""Reasons that only say a file is something else: a screenshot's PDF, our own order returned, another program's JSON."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a mail, and in words what looked like one and could not be read."""

    heard: tuple[Heard, ...] = ()
    problem: str = ""


def forms_in(incoming: Incoming, text: str, catalogue: Catalogue) -> Forms:
    """All forms of a mail. Files go first; its text is read only where no file holds a form, for it mostly repeats them."""
    forms: dict[str, Heard] = {}
    problems = []
    for file in incoming.attached:
        try:
            forms |= {one.digest: one for one in forms_of_file(file, catalogue)}
        except FileRefused as refused:
            if refused.reason not in NOT_FORMS:
                problems.append(f"{file.filename or 'an attached file'}: {refused.message}")
    if not forms and (written := heard_in_text(text, catalogue)):
        forms[written.digest] = written
    return Forms(tuple(forms.values()), "; ".join(problems))


def forms_of_file(file: Attached, catalogue: Catalogue) -> list[Heard]:
    """The forms of one JSON or PDF file. FileRefused says what is none."""
    return heard_in_json(machine_form(file.content) if file.is_pdf else file.content, catalogue)

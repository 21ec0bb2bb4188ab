"""What an action refuses, in the reader's language: plain sentences by the catalogue, those with values by their shape.

An action raises English. A sentence with values in it stands here as the catalogue has it; what was said is matched against it, and the
values are put into its translation; a `why` is a sentence itself. tests/web/test_language.py holds that none is missing.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("A picture has 1 to %(most)s nodes."),
    _("A report of the kind %(kind)s needs an operation."),
    _("An act takes 1 to %(most)s items; these are %(number)s."),
    _("At most %(most)s answers at once."),
    _("At most %(most)s forms at once."),
    _("A call holds a list of at most %(most)s answers."),
    _("A designation does not hold: %(why)s."),
    _("Authority %(name)s: it needs a slug, roles of %(roles)s and a known kind."),
    _("Authority %(name)s: name and state (two letters) are missing."),
    _("Capture %(name)s has no such medium."),
    _("Capture %(name)s has no %(part)s."),
    _("Entry %(key)s has %(number)s rows, counted from 0; there is no %(row)s."),
    _("Entry %(key)s is not sealed yet."),
    _("Line %(line)s: no %(hashes)s."),
    _("Line %(line)s: %(name)s is not %(length)s bytes of hex."),
    _("More than %(most)s views cannot be kept."),
    _("No item %(item)s."),
    _("No mail %(mail)s."),
    _("No merge %(merge)s."),
    _("No notice %(reference)s."),
    _("No obstacle %(obstacle)s."),
    _("No officer %(name)s."),
    _("No operation %(name)s."),
    _("No plan of %(name)s was kept."),
    _("No plan %(plan)s."),
    _("No unit %(name)s."),
    _("Not recorded: %(why)s. Nothing was changed."),
    _("Not taken: %(why)s Nothing was changed."),
    _("Nothing in the register belongs to an outlet %(name)s."),
    _("Nothing in the register belongs to %(name)s."),
    _("Nothing was kept of capture %(name)s."),
    _("Officer %(name)s cannot hold both %(roles)s."),
    _("Officer %(name)s: a second administrator gives %(roles)s; ask for it in the desk."),
    _("Officer %(name)s: another officer has this token."),
    _("Officer %(name)s: no such role: %(roles)s."),
    _("Officer %(name)s: no such unit: %(unit)s."),
    _("Package %(name)s was kept by another worker."),
    _("Provider %(name)s: another provider has this key."),
    _("Provider %(name)s: no such channel."),
    _("The directory has no provider %(name)s."),
    _("The directory has no %(kind)s %(name)s."),
    _("The filter “%(name)s” cannot be that."),
    _("The list %(name)s is being taken by another."),
    _("The network has nodes and links, no %(name)s."),
    _("The notice is not complete: %(fields)s."),
    _("The plan does not allow %(items)s."),
    _("Reading the picture takes longer than %(seconds)s s."),
    _("The program %(name)s could not read the picture (%(ended)s)."),
    _("There is no capture %(name)s."),
    _("There is no entry %(key)s."),
    _("There is no hold on %(name)s."),
    _("There is no item %(item)s."),
    _("There is no language %(name)s installed for %(program)s; there are %(there)s."),
    _("There is no layer %(name)s."),
    _("There is no watch on %(name)s."),
    _("These may not be acted on: %(items)s."),
    _("This step cannot be recorded: %(why)s."),
    _("Unit %(name)s: no such authority."),
    _("“%(words)s” is too short to be searched for: three characters at least, two in Chinese or Japanese."),
    _("%(name)s is under a legal hold."),
    _("%(name)s names no object."),
    _("no ground of the list: %(grounds)s"),
)
"""Sentences with values, as catalogues have them; of two that fit, the one with more words of its own is meant."""

PLAIN = (
    _("a decision upholds or overturns"),
    _("a non-disclosure names its end, at most six weeks on (Art 11(3))"),
    _("it needs its reason"),
    _("no such step"),
    _("only a decision has a ruling"),
    _("one officer gave the reviewer and the signer their keys"),
    _("the authority's orders need a judge's authorisation, and none in force is recorded"),
    _("the overseer has suspended this type of notice"),
    _("the reviewer's unit has no authority that may issue orders (Art 12(1)(a))"),
    _("This hour came twice that day; write it in UTC, with a Z behind it."),
    _("The clocks left this hour out that day; write it in UTC, with a Z behind it."),
)
"""Parts of sentences, and sentences put together of parts that are known."""

_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def _shapes() -> list[tuple[re.Pattern[str], str]]:
    """Every sentence as a pattern, that with most words of its own first."""
    ordered = sorted(SENTENCES, key=lambda sentence: -len(_PLACE.sub("", sentence)))
    return [(re.compile(_pattern(sentence), re.DOTALL), sentence) for sentence in ordered]


def _pattern(sentence: str) -> str:
    parts = _PLACE.split(sentence)
    return "".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))


def told(message: str) -> str:
    """What an action said, in the reader's language where that is known; else as it was said, in English."""
    if not message:
        return ""
    words = gettext(message)
    if words != message:
        return words
    for pattern, sentence in _shapes():
        if found := pattern.fullmatch(message):
            said, values = gettext(sentence), found.groupdict()
            return said % {name: told(value) if name == "why" else value for name, value in values.items()}
    return message

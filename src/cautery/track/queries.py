"""Mail and reports of threats as an officer may see them: they follow the handling codes of the notices they are about.

What is about no notice is for everybody who may read such things. A message is words we cannot divide: one notice it names that is hidden
from somebody hides all of it from them; the notice's own unit, and oversight, see it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from cautery.core.actors import Actor
from cautery.core.mail.weighing import FOR_A_PERSON
from cautery.intake.queries import hidden
from cautery.refer.models import Notice
from cautery.track.models import Mail, Threat

AT_ONCE = 5_000


def shown_threats(*, by: Actor) -> QuerySet[Threat]:
    """Reports of threats to life that this actor may see."""
    return Threat.objects.exclude(notice__operation__in=hidden(by=by))


def shown_mail(*, by: Actor) -> QuerySet[Mail]:
    """Mail for a person that this actor may see. Nothing is asked of it while no operation is hidden from them."""
    mail, operations = Mail.objects.filter(meaning__in=FOR_A_PERSON), hidden(by=by)
    if not operations:
        return mail
    named = list(mail.exclude(references=[]).values_list("pk", "references"))
    closed = _closed((word for _, words in named for word in words), operations)
    return mail.exclude(pk__in=[key for key, words in named if closed & set(words)])


def is_shown(mail: Mail, *, by: Actor) -> bool:
    """Whether this actor may see a message, whatever it is for."""
    operations = hidden(by=by)
    return not operations or not _closed(mail.references, operations)


def _closed(references: Iterable[str], operations: Collection[int]) -> set[str]:
    """The references that are of notices in these operations."""
    found: set[str] = set()
    words = sorted(set(references))
    for start in range(0, len(words), AT_ONCE):
        rows = Notice.objects.filter(reference__in=words[start : start + AT_ONCE], operation__in=operations)
        found.update(rows.values_list("reference", flat=True))
    return found

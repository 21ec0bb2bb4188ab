"""Read what was read in pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from django.db.models import QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.searching import folded
from cautery.identify.models import Media
from cautery.intake.models import Item
from cautery.intake.queries import hidden, members
from cautery.ocr.base import Engine
from cautery.review.models import PictureText, Quarantine

ENOUGH = 20
"""Letters and digits from which the same words in two pictures say something."""
LIKE = 5
LOOKED_AT = 50
"""Other items with the same words that are named, and of so many at most it is asked who may see them."""


def same_words(text: str) -> str:
    """A digest that is the same however words are set: without case, marks, signs and line breaks. Empty where there are too few."""
    bare = "".join(letter for letter in folded(text) if letter.isalnum())
    return sha256(bare.encode()).hexdigest() if len(bare) >= ENOUGH else ""


def kept_text(media: Media, using: Engine, languages: Sequence[str]) -> PictureText | None:
    """What this engine, in this version and these languages, read in a picture before."""
    asked = {"engine": using.name, "version": using.version, "languages": "+".join(languages)}
    return PictureText.objects.filter(media=media, **asked).first()


def items_with(read: PictureText, episode: int, *, by: Actor) -> list[int]:
    """Other items this officer may see whose pictures have the same words, a few of them."""
    by.require(Permission.INTAKE_ITEM_READ)
    if not read.digest:
        return []
    same = PictureText.objects.filter(digest=read.digest).values("media")
    items = Item.objects.filter(episodes__media__media__in=same, merged_into=None).exclude(episodes=episode)
    items = items.exclude(pk__in=Quarantine.objects.values("item")).exclude(episodes__operation__in=hidden(by=by))
    return sorted(set(items.values_list("pk", flat=True)[:LOOKED_AT]))[:LIKE]


def texts_by_item(items: Iterable[int]) -> Mapping[int, str]:
    """By item the words read in its pictures, each picture's newest reading; those of what must not be seen are left out."""
    found: dict[int, dict[int, str]] = {}
    for item, media, text in _read(items).values_list("media__episodes__episode__item_id", "media_id", "text"):
        found.setdefault(item, {})[media] = text
    return {item: "\n".join(texts.values()) for item, texts in found.items()}


def read_in(items: Iterable[int], parts: Sequence[str]) -> frozenset[int]:
    """Of these items those in whose pictures one of these parts (`core.searching.terms`) was read."""
    family = members(items)
    texts = {item: folded(text) for item, text in texts_by_item(family).items()}
    return frozenset(family[item] for item, text in texts.items() if any(part.strip() in text for part in parts))


def _read(items: Iterable[int]) -> QuerySet[PictureText]:
    rows = PictureText.objects.filter(media__episodes__episode__item__in=list(items)).exclude(text="")
    closed = Quarantine.objects.values("item")
    return rows.exclude(media__episodes__episode__item__in=closed).order_by("pk")

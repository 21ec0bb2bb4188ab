"""How to read the report: the same words in every report."""

from __future__ import annotations

from .document import Block, Paragraph

_TEXTS = """
Removed is a finding of our own. After a provider says that an item is gone, the item is visited again. Only when that
visit finds it gone is it counted as removed; what the provider said is kept apart.

Unknown is not absent. A visit that was turned away, timed out or met a login page says nothing about the item. Such
items are shown as unknown, never as gone and never as up. In the curve they are the band: the true number online lies
somewhere inside it.

Moments lie between visits. An item seen up at one visit and gone at the next was removed in between; the report does
not pretend to know when. The time by which half were removed is estimated from these intervals with the method of
Turnbull, which adds no assumption about the shape of the times.

Ranges are 95 % intervals: made in the same way for many operations, at least 95 in 100 such ranges would hold the true
figure. For removal times they rest only on when items were last seen up and first seen gone, and hold however the
visits were chosen. A range with no upper end means that too few items were seen gone to set one.

Not estimable means that the data do not carry the figure, for the reason given beside it, or, where only a lower end stands
there, because too few were seen gone by the end. It does not mean zero.

One notice stands for one item at one address. Copies that go by law to further recipients are not counted again.

What this report does not show: content that nobody flagged, and returns that no check could reach. Shares are of what
was referred, not of all that was online.
"""


def guide() -> tuple[Block, ...]:
    """The paragraphs of "How to read this"."""
    return tuple(Paragraph(" ".join(text.split())) for text in _TEXTS.strip().split("\n\n"))

"""How like two things are that may be one after the other: a score from 0 to 1, with its reason in words.

like_handles(old, new) -> Likeness          spellings: digits, separators, added words, look-alike and transliterated letters
like_titles(old, new) -> Likeness           the same but for small edits
weigh(old, new, ...) -> Likeness            all that is known of both: handle, name, bytes, picture, words, links
Nearest                                     which of any number of handles or titles to weigh at all
brand_words(ours, others) -> tuple          the few words that an outlet's things share, and nothing else
"""

from __future__ import annotations

from .brands import Brand, brand_words, spread_words, words_of
from .handles import HABITS, HANDLE_THRESHOLD, Likeness, habit_of, like_handles, skeleton, stem
from .nearest import Nearest
from .weighing import TITLE_THRESHOLD, Traits, about_of, like_titles, said_in, weigh

__all__ = [
    "HABITS",
    "HANDLE_THRESHOLD",
    "TITLE_THRESHOLD",
    "Brand",
    "Likeness",
    "Nearest",
    "Traits",
    "about_of",
    "brand_words",
    "habit_of",
    "like_handles",
    "like_titles",
    "said_in",
    "skeleton",
    "spread_words",
    "stem",
    "weigh",
    "words_of",
]

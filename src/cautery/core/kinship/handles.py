"""How a handle is taken again: the habits by which one is spelled anew, and how like two of them are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

HANDLE_THRESHOLD = 0.72
AFFIXES = frozenset(
    (
        *(
            "x",
            "xx",
            "new",
            "newer",
            "real",
            "the",
            "official",
            "officiel",
            "ofc",
            "back",
            "backup",
            "bkp",
            "reserve",
            "archive",
        ),
        *(
            "again",
            "live",
            "tv",
            "media",
            "channel",
            "chan",
            "group",
            "bot",
            "page",
            "news",
            "app",
            "main",
            "mirror",
            "online",
            "web",
            "site",
        ),
        *("one", "two", "ii", "iii", "iv", "jr", "en", "ar", "ru", "fr", "de", "es"),
    )
)
"""Words put before or behind a name that do not change whose it is."""
GENERIC = re.compile(r"(official|backup|reserve|new|channel|bot|media|tv)$")
SHORT = 2
"""Letters that a name may gain at either end without a word being in them."""
LOOKS = str.maketrans("асеіјорѕухԁһԛԝвкмнтαοιρυνκ", "aceijopsyxdhqwbkmhtaoipuvk")
"""Cyrillic and Greek letters as the Latin ones they look like (Unicode confusables, the common ones)."""
LEET = str.maketrans("013457", "oieast")
SOUNDS = {
    **dict(zip("абвгдезийклмнопрстуфхъыьэё", "abvgdeziyklmnoprstufh.y.ee", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    **dict(zip("ابتجحدرزسصضطعفقكلمنهويةىأإآ", "abtjhdrzssdtafqklmnhwyayaia", strict=True)),
    "ث": "th",
    "خ": "kh",
    "ذ": "dh",
    "ش": "sh",
    "غ": "gh",
    "ظ": "z",
    "ء": "",
    "پ": "p",
    "گ": "g",
    "چ": "ch",
    **dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abgdezitiklmnxoprsstyfhpo", strict=True)),
}
"""Letters of other scripts as they are commonly written in Latin ones."""
HABITS = {
    "same": (1.0, "the same handle"),
    "separators": (0.97, "the same but for separators"),
    "looks": (0.96, "the same in letters that look or sound alike"),
    "added": (0.95, "the same with something added"),
    "shortened": (0.90, "the same with something left out"),
    "counted": (0.80, "the same with another number"),
    "edited": (0.95, "the same but for a few letters"),
}
"""By habit: how strongly it speaks for the two being one after the other, and how it is said."""
LENGTHENED = 0.05
"""What a number that only got longer says beyond one that is another."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score and why."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Form:
    """A handle as it is compared: runs of letters and of digits, separators gone."""

    plain: str
    runs: tuple[str, ...]

    @property
    def joined(self) -> str:
        return "".join(self.runs)

    @property
    def digits(self) -> tuple[str, ...]:
        return tuple(run for run in self.runs if run[0].isdigit())

    @property
    def letters(self) -> str:
        return "".join(run for run in self.runs if not run[0].isdigit())


def stem(handle: str) -> str:
    """What of a handle stays when it is taken again: without digits, separators and `official`-like endings."""
    bare = re.sub(r"[\W\d_]+", "", handle.casefold())
    return GENERIC.sub("", bare) or bare


@lru_cache(maxsize=200_000)
def _form(handle: str) -> _Form:
    plain = unicodedata.normalize("NFKC", handle).casefold().lstrip("@").translate(LOOKS if _mixed(handle) else {})
    plain = "".join(SOUNDS.get(letter, letter) for letter in plain)
    runs: list[str] = []
    for part in re.findall(r"[^\W\d_]+|\d+", plain):
        if runs and not part[0].isdigit() and not runs[-1][0].isdigit():
            runs[-1] += part
        else:
            runs.append(part)
    return _Form(plain, tuple(runs))


def skeleton(handle: str) -> str:
    """A handle as it is looked up: letters and digits, in Latin script, small, nothing between them."""
    return _form(handle).joined


def _mixed(handle: str) -> bool:
    """Whether Latin letters stand beside Cyrillic or Greek ones: then these are there for their looks."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in handle if letter.isalpha()}
    return "LATIN" in scripts and len(scripts) > 1


@lru_cache(maxsize=200_000)
def habit_of(old: str, new: str) -> tuple[str, float]:
    """By which habit `new` may be spelled after `old` (a key of `HABITS`; empty where none fits), and the score of that."""
    if old.casefold() == new.casefold():
        return "same", 1.0
    a, b = _form(old), _form(new)
    if not a.runs or not b.runs:
        return "", 0.0
    if a.plain == b.plain:
        return "looks", HABITS["looks"][0]
    if a.runs == b.runs:
        return "separators", HABITS["separators"][0]
    for habit, longer, shorter in (("added", b, a), ("shortened", a, b)):
        if (extra := _added(shorter.runs, longer.runs)) is not None and len(shorter.joined) >= 4:
            return habit, HABITS[habit][0] - 0.01 * max(0, extra - 1)
    if _unleet(a) == _unleet(b):
        return "looks", HABITS["looks"][0] - 0.02
    if a.letters and a.letters == b.letters:
        lengthened = bool(a.digits) and "".join(b.digits).startswith("".join(a.digits))
        return "counted", HABITS["counted"][0] + (LENGTHENED if lengthened else 0.0)
    if a.digits == b.digits and (score := fuzz.ratio(a.letters, b.letters) / 100 * HABITS["edited"][0]) >= 0.8:
        return "edited", score
    return "", max(fuzz.ratio(a.plain, b.plain), fuzz.ratio(stem(old), stem(new))) / 100 * 0.9


def _unleet(form: _Form) -> str:
    """Single digits as the letters they stand for; a number stays a number."""
    return "".join(f"|{run}|" if len(run) > 1 and run[0].isdigit() else run.translate(LEET) for run in form.runs)


def _added(shorter: tuple[str, ...], longer: tuple[str, ...]) -> int | None:
    """How many things were put to `shorter` to make `longer`: affixes, a few letters, a number; None where it is not so made."""
    extra = place = 0
    for run in longer:
        wanted = shorter[place] if place < len(shorter) else ""
        if run == wanted:
            place += 1
        elif wanted and not run[0].isdigit() and (rest := _rest(run, wanted)) is not None and _affix(rest):
            extra, place = extra + 1, place + 1
        elif _affix(run):
            extra += 1
        else:
            return None
    return extra if place == len(shorter) and extra else None


def _rest(run: str, wanted: str) -> str | None:
    """What stands before or behind `wanted` in `run`."""
    if run.startswith(wanted):
        return run[len(wanted) :]
    return run[: -len(wanted)] if run.endswith(wanted) else None


def _affix(part: str) -> bool:
    return part in AFFIXES or (len(part) <= SHORT and not part[0].isdigit()) or (part.isdigit() and len(part) <= 4)


def like_handles(old: str, new: str) -> Likeness:
    """Whether `new` looks like a successor of `old`."""
    habit, score = habit_of(old, new)
    if habit == "same":
        return Likeness(1.0, f"the same handle {new}")
    how = f": {HABITS[habit][1]}" if habit else ""
    return Likeness(score, f"the handle {new} is like {old}{how}")

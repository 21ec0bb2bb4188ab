"""An index of texts for near-duplicates: retyped, translated back into another case, cut or lengthened a little.

    text -> normal form -> runs of four letters -> MinHash -> what shares a band -> estimate -> compared in full

Runs of letters, not of words, so that a change within words (a letter put for another, to get past filters) costs as little as
a changed word, and so that scripts without spaces are no special case. Candidates share one of 64 bands of 4 MinHash
values (rensa makes them); pairs whose signatures agree too little are dropped; the others are compared by RapidFuzz: the
share of letters that stay where one normal form is turned into the other, in percent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rensa import RMinHash

from cautery.core.errors import NotFound
from cautery.core.fingerprints.text import normalised

LEAST = 75.0
"""Percent from which two texts are near-duplicates: a tenth of the words or letters changed leaves 80 to 95, and two
paragraphs of one language on one subject seldom share more than 60."""

_LETTERS = 4
_PERMUTATIONS = 256
_BANDS = 64
_ROWS = _PERMUTATIONS // _BANDS
_SEED = 42
_AGREEING = 0.2  # of a signature; a pair at LEAST percent lies far above
_AT_ONCE = 1024
_PAIRS = 1 << 16
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_TAIL = 4096  # texts looked through one by one before the bands are sorted anew

Signatures = NDArray[np.uint32]
Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
_NOTHING: Found = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


class Likenesses(NamedTuple):
    """What a search found, in compressed rows: query q owns the places limits[q] to limits[q + 1].

    limits int64[Q + 1], ids int64[], scores float32[] in percent; within a query the most alike come first, then the lower id.
    """

    limits: NDArray[np.int64]
    ids: NDArray[np.int64]
    scores: NDArray[np.float32]


class TextIndex:
    """Texts in memory: their normal forms and about 1,800 bytes each. An id is given once. Not for several threads at a time."""

    def __init__(self) -> None:
        self._plain: dict[int, str] = {}
        self._signatures = np.empty((0, _PERMUTATIONS), np.uint32)
        self._keys = np.empty((_BANDS, 0), np.uint64)
        self._order = np.empty((_BANDS, 0), np.uint32)
        self._next = 0

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """An index of texts; their ids are 0 to N - 1."""
        index = cls()
        index.add_many(list(texts))
        return index

    def __len__(self) -> int:
        return len(self._plain)

    def add(self, text: str) -> int:
        """Add one text; its id."""
        return int(self.add_many([text])[0])

    def add_many(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Add texts; their ids, int64[N]. One without a letter or a digit has an id and is never found."""
        first, stop = self._next, self._next + len(texts)
        self._make_room(stop)
        for at in range(first, stop, _AT_ONCE):
            plain = [normalised(text) for text in texts[at - first : at - first + _AT_ONCE]]
            self._signatures[at : at + len(plain)] = _signatures(plain)
            self._plain.update(zip(range(at, at + len(plain)), plain, strict=True))
        self._next = stop
        return np.arange(first, stop, dtype=np.int64)

    def remove(self, id_: int) -> None:
        """Take a text out; NotFound if there is none of that id."""
        if id_ not in self._plain:
            raise NotFound("The index holds no text of this id.", id=id_)
        del self._plain[id_]

    def search(self, texts: Sequence[str], least: float = LEAST) -> Likenesses:
        """Every stored text at least `least` percent like each of `texts`.

        Not exact: a pair of which a tenth differs is found with a probability of 0.97 and more, one at 75 percent less often.
        """
        self._sort()
        parts = [self._some(texts[at : at + _AT_ONCE], at, least) for at in range(0, len(texts), _AT_ONCE)]
        asked, ids, scores = (np.concatenate(column) for column in zip(_NOTHING, *parts, strict=True))
        order = np.lexsort((ids, -scores, asked))
        limits = np.concatenate([[0], np.cumsum(np.bincount(asked, minlength=len(texts)))]).astype(np.int64)
        return Likenesses(limits, ids[order], scores[order])

    def _some(self, texts: Sequence[str], first: int, least: float) -> Found:
        """What is like some texts, of which the first is query number `first`."""
        plain = [normalised(text) for text in texts]
        signatures = _signatures(plain)
        asked, ids = self._candidates(signatures)
        agreeing = np.empty(len(ids), np.int64)
        for at in range(0, len(ids), _PAIRS):
            some = slice(at, at + _PAIRS)
            agreeing[some] = np.count_nonzero(self._signatures[ids[some]] == signatures[asked[some]], axis=1)
        there = [
            bool(plain[q] and self._plain.get(id_)) and likely
            for q, id_, likely in zip(asked.tolist(), ids.tolist(), agreeing >= _AGREEING * _PERMUTATIONS, strict=True)
        ]
        asked, ids = asked[there], ids[there]
        theirs = [self._plain[id_] for id_ in ids.tolist()]
        scores = process.cpdist(
            [plain[q] for q in asked.tolist()], theirs, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float32
        )
        alike = scores >= max(least, 1e-3)
        return asked[alike] + first, ids[alike], scores[alike]

    def _candidates(self, signatures: Signatures) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(query, id) of all that share a band, each pair once."""
        pairs = [np.empty(0, np.int64)]
        keys = _band_keys(signatures)
        fresh = _band_keys(self._signatures[self._keys.shape[1] : self._next])
        for band in range(_BANDS):
            left = np.searchsorted(self._keys[band], keys[band], "left")
            counts = np.searchsorted(self._keys[band], keys[band], "right") - left
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            ids = self._order[band][np.repeat(left, counts) + within].astype(np.int64)
            pairs.append(np.repeat(np.arange(len(signatures)), counts) * self._next + ids)
            if fresh.shape[1]:
                asked, rows = np.nonzero(keys[band][:, None] == fresh[band][None, :])
                pairs.append(asked * self._next + rows + self._keys.shape[1])
        asked, ids = np.divmod(np.unique(np.concatenate(pairs)), max(1, self._next))
        return asked, ids

    def _sort(self) -> None:
        """Sort the bands anew once enough texts came after the last time."""
        if self._next - self._keys.shape[1] > max(_TAIL, self._keys.shape[1] // 8):
            keys = _band_keys(self._signatures[: self._next])
            self._order = np.argsort(keys, axis=1, kind="stable").astype(np.uint32)
            self._keys = np.take_along_axis(keys, self._order.astype(np.int64), axis=1)

    def _make_room(self, size: int) -> None:
        if size > len(self._signatures):
            larger = np.empty((max(size, 2 * len(self._signatures)), _PERMUTATIONS), np.uint32)
            larger[: self._next] = self._signatures[: self._next]
            self._signatures = larger


def _signatures(plain: Sequence[str]) -> Signatures:
    """uint32[N, 256]: MinHash of each normal form's runs of four letters; of a shorter one with blanks after it."""
    letters = np.frombuffer(
        "".join(words.ljust(_LETTERS) for words in plain).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    sizes = np.array([max(len(words), _LETTERS) for words in plain], np.int64)
    ends = np.cumsum(sizes)
    wide = letters.astype(np.uint64)
    count = max(0, len(wide) - _LETTERS + 1)
    runs = np.zeros(count, np.uint64)
    for place in range(_LETTERS):
        runs = runs * _MIX[0] + wide[place : place + count]
    whole = np.ones(len(runs), np.bool_)
    for back in range(1, _LETTERS):
        whole[ends[:-1] - back] = False  # these run from one text into the next
    offsets = np.concatenate([[0], np.cumsum(sizes - (_LETTERS - 1))])
    hashed = (runs[whole] * _MIX[1]) ^ (runs[whole] >> np.uint64(29))
    made = RMinHash.digest_matrix_from_flat_token_hashes(hashed, offsets.tolist(), _PERMUTATIONS, _SEED)
    return np.array(made.to_rows(), np.uint32).reshape(-1, _PERMUTATIONS)


def _band_keys(signatures: Signatures) -> NDArray[np.uint64]:
    """uint64[64, N]: four values of a band mixed into one key."""
    values = signatures.reshape(len(signatures), _BANDS, _ROWS).astype(np.uint64)
    keys = values[:, :, 0]
    for row in range(1, _ROWS):
        keys = (keys * _MIX[0] + values[:, :, row]) ^ (keys >> np.uint64(31))
    return np.ascontiguousarray(keys.T)

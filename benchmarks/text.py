"""Near-duplicate text beside datasketch in the same run: `python benchmarks/text.py [paragraphs]` (100,000 if none is said).

Paragraphs are those of the Debian handbook in 26 languages (../shared/data/text), lengthened to the number wanted by paragraphs
whose words are drawn from those of one language. A tenth of them is asked for again with 10 % of the words or of the
letters changed, with as many paragraphs that are not there; what
should be found is what a comparison of all with all gives for the text before its edits (the handbook has paragraphs nobody
translated, in many languages). datasketch gets the same normal forms and runs of letters, and
the same 256 permutations in 64 bands.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from rapidfuzz import fuzz, process

from cautery.core.compare import TextIndex
from cautery.core.compare.text import LEAST
from cautery.core.fingerprints.text import normalised

SHARED = Path(os.environ.get("CAUTERY_SHARED", Path(__file__).parents[2] / "shared"))
PEER = 10_000
"""Paragraphs both are timed on together, and a tenth as many queries: datasketch would take ten minutes for all."""


def paragraphs(wanted: int, draw: random.Random) -> tuple[list[str], set[str]]:
    """Real paragraphs of more than 80 letters, each once, then made ones."""
    rows = map(json.loads, (SHARED / "data/text/debian_handbook_paragraphs.ndjson").read_text().splitlines())
    by_language: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if len(plain := normalised(row["text"])) > 80:
            by_language[row["lang"]].setdefault(plain, row["text"])
    real = [text for texts in by_language.values() for text in texts.values()]
    pools = [[word for text in texts.values() for word in text.split()] for texts in by_language.values()]
    pools = [pool for pool in pools if len(pool) > 2_000]
    made = [" ".join(draw.choices(draw.choice(pools), k=draw.randint(30, 90))) for _ in range(wanted - len(real))]
    print(f"{len(real):,} real paragraphs in {len(by_language)} languages, {len(made):,} made.")
    return (real + made)[:wanted], set(real)


def edited(text: str, draw: random.Random, *, letters: bool) -> str:
    """10 % of the words, or of the letters, changed, left out or doubled."""
    pieces = list(text) if letters else text.split()
    done: list[str] = []
    for piece in pieces:
        chance = draw.random()
        if chance < 0.034:
            continue
        done.append(draw.choice(pieces) if chance < 0.067 else piece)
        if 0.067 <= chance < 0.1:
            done.append(draw.choice(pieces))
    return ("" if letters else " ").join(done)


def peer(texts: list[str], queries: list[str]) -> float:
    """datasketch's seconds a paragraph, inserted or asked for."""
    start = time.perf_counter()
    lsh = MinHashLSH(num_perm=256, params=(64, 4))

    def signed(text: str) -> MinHash:
        plain = normalised(text)
        made = MinHash(num_perm=256)
        made.update_batch({plain[at : at + 4].encode() for at in range(max(1, len(plain) - 3))})
        return made

    for number, text in enumerate(texts):
        lsh.insert(number, signed(text))
    for text in queries:
        lsh.query(signed(text))
    return (time.perf_counter() - start) / (len(texts) + len(queries))


def truth(originals: list[str], stored: list[str], real: set[str]) -> list[set[int]]:
    """For each text, before its edits, the stored ones it is like, by looking at all: made ones are only like themselves."""
    places: dict[str, set[int]] = defaultdict(set)
    for number, text in enumerate(stored):
        places[text].add(number)
    genuine = [text for text in places if text in real]
    plain = [normalised(text) for text in genuine]
    found = []
    for text in originals:
        like = {text}
        if text in real:
            scores = process.cdist([normalised(text)], plain, scorer=fuzz.ratio, score_cutoff=LEAST)[0]
            like |= {genuine[at] for at in np.flatnonzero(scores)}
        found.append(set().union(*(places.get(one, set()) for one in like)))
    return found


def score(found: Any, wanted: list[set[int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over (query, text) pairs."""
    right = given = 0
    for q, known in enumerate(wanted):
        ids = set(found.ids[found.limits[q] : found.limits[q + 1]].tolist())
        right += len(known & ids)
        given += len(ids)
    precision, recall = right / given, right / sum(map(len, wanted))
    return precision, recall, 2 * precision * recall / (precision + recall)


def main(wanted: int) -> None:
    """Times, then F1 by kind of edit."""
    draw = random.Random(7)
    texts, real = paragraphs(wanted + wanted // 10, draw)
    draw.shuffle(texts)
    stored, strangers = texts[:wanted], texts[wanted:]
    start = time.perf_counter()
    index = TextIndex.build(stored)
    built = time.perf_counter() - start
    chosen = draw.sample(range(wanted), wanted // 10)
    wanted_ = truth([stored[at] for at in chosen] + strangers, stored, real)
    for letters in (False, True):
        queries = [edited(stored[at], draw, letters=letters) for at in chosen] + strangers
        start = time.perf_counter()
        found = index.search(queries)
        searched = time.perf_counter() - start
        precision, recall, f1 = score(found, wanted_)
        print(
            f"10 % of the {'letters' if letters else 'words':>7}: precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f};"
            f" {searched / len(queries) * 1e6:.0f} us a query",
            flush=True,
        )
    print(f"{wanted:,} paragraphs built in {built:.1f} s: {built / wanted * 1e6:.0f} us each.", flush=True)
    some, asked = stored[:PEER], queries[: PEER // 10]
    start = time.perf_counter()
    TextIndex.build(some).search(asked)
    ours = (time.perf_counter() - start) / (len(some) + len(asked))
    theirs = peer(some, asked)
    print(
        f"{len(some):,} built and {len(asked):,} asked for, each: {ours * 1e6:.0f} us; datasketch {theirs * 1e6:.0f} us: {theirs / ours:.1f}x."
    )


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000)

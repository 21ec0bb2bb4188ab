"""Is it up? A verdict on what came back for an address, with its ground. What cannot be told is never called removed.

judge(seen, siblings=None) -> Judged             the verdict on one observation
Observation(url, final_url, status, title, ...)  what came back
Siblings(missing, present)                       a page known to be missing, one known to be there, of the same site
read_record(record) -> Observation               one JSON record of anybody's, any part of it missing
"""

from __future__ import annotations

from .judging import judge
from .records import read_record
from .siblings import Siblings
from .verdicts import DOWN, REMOVALS, UNSURE, WORDS, Judged, Observation, Verdict

__all__ = [
    "DOWN",
    "REMOVALS",
    "UNSURE",
    "WORDS",
    "Judged",
    "Observation",
    "Siblings",
    "Verdict",
    "judge",
    "read_record",
]

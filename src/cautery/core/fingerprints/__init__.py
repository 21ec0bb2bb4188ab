"""Bytes -> fingerprint. One module a kind; every kind refuses what it cannot read and never returns an empty hash.

exact(bytes or stream) -> ExactDigests    MD5, SHA-1 and SHA-256 in one pass
image(bytes)           -> PdqHash         PDQ of a picture, 256 bits, with its quality
dihedral(bytes)        -> eight PdqHash   the same picture turned and mirrored
pdq(luma)              -> PdqHash         PDQ of grey levels already decoded (a video frame, a crop)
"""

from __future__ import annotations

from .exact import ExactDigests, exact
from .image import MAX_PIXELS, dihedral, image, luma
from .pdq_kernel import BITS, PdqHash, Symmetry, pdq, pdq_dihedral

__all__ = [
    "BITS",
    "MAX_PIXELS",
    "ExactDigests",
    "PdqHash",
    "Symmetry",
    "dihedral",
    "exact",
    "image",
    "luma",
    "pdq",
    "pdq_dihedral",
]

"""Bytes -> fingerprint. One module a kind; every kind refuses what it cannot read and never returns an empty hash.

exact(bytes or stream)  -> ExactDigests    MD5, SHA-1 and SHA-256 in one pass
image(bytes)            -> PdqHash         PDQ of a picture, 256 bits, with its quality
dihedral(bytes)         -> eight PdqHash   the same picture turned and mirrored
pdq(luma)               -> PdqHash         PDQ of grey levels already decoded (a video frame, a crop)
Decoders().read(file)   -> Reading         everything in a file of any kind, decoded in a child process
describe(path, ...)     -> a row           the same for lists, with digests, times taken and a named error
align(frames, frames)   -> Alignments      which seconds of one video are seconds of another

Hostile files are for `Decoders`; `image`, `dihedral` and `luma` decode in this process. docs/fingerprints.md
"""

from __future__ import annotations

from .alignment import Alignment, Frame, align, covered
from .decoders import Decoders, Reading
from .describing import describe
from .exact import ExactDigests, exact
from .image import MAX_PIXELS, dihedral, image, luma
from .kinds import FileType, Kind, file_type
from .model import Fingerprint, Found, Limits, Problem
from .pdq_kernel import BITS, PdqHash, Symmetry, pdq, pdq_dihedral

__all__ = [
    "BITS",
    "MAX_PIXELS",
    "Alignment",
    "Decoders",
    "ExactDigests",
    "FileType",
    "Fingerprint",
    "Found",
    "Frame",
    "Kind",
    "Limits",
    "PdqHash",
    "Problem",
    "Reading",
    "Symmetry",
    "align",
    "covered",
    "describe",
    "dihedral",
    "exact",
    "file_type",
    "image",
    "luma",
    "pdq",
    "pdq_dihedral",
]

"""The score of a rehearsal: what needs the truth, from the world's books and the platform's, every figure defined."""

from __future__ import annotations

from cautery.exercise.score.scoring import read_register, score, write_score

__all__ = ["read_register", "score", "write_score"]

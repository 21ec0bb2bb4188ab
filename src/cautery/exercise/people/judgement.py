"""What an officer finds: pure functions of what the world knows to be true and of draws keyed by object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cautery.exercise.draws import draw, pick

PROPAGANDA = "propaganda"
PURPOSES = ("journalism", "research", "art", "public_debate", "education", "counter_terrorism", "mistake")
LIMBS: Mapping[str, str] = {
    "a": "It praises the specimen acts of the outlet and asks for more of them.",
    "b": "It asks the reader to take part in the outlet's specimen acts.",
    "c": "It asks the reader to join the outlet.",
    "d": "It presents itself as instructions for the outlet's specimen acts.",
    "e": "It announces specimen acts of the outlet as a threat.",
}
GROUNDS: Mapping[str, str] = {
    "journalism": "A newspaper reports on the outlet; the source is named.",
    "research": "A study with method and sample; the material is quoted to be analysed.",
    "art": "Satire: the outlet is mocked.",
    "public_debate": "Evidence of abuses, kept public on purpose.",
    "education": "Teaching material with notes.",
    "counter_terrorism": "A reply that takes the statement apart.",
    "mistake": "Nothing of the outlet's: flagged by mistake.",
}
ORDERED = frozenset({"vidora", "agora", "lumigram"})
"""Providers whose home state has an authority that gets copies of orders."""
ORDERS, NOTICES = 0.04, 0.05
REFUSAL = "The reasons do not carry the limb that is ticked."


@dataclass(frozen=True, slots=True)
class Finding:
    """A reviewer's decision and whether it is one of the rare wrong ones."""

    outcome: str
    limbs: tuple[str, ...]
    protected_purpose: str
    reason: str
    wrong: bool

    def as_decision(self, episode_id: Any, instrument: str = "referral") -> dict[str, Any]:
        """As the API takes it."""
        return {
            "episode_id": episode_id,
            "outcome": self.outcome,
            "limbs": list(self.limbs),
            "protected_purpose": self.protected_purpose,
            "reason": self.reason,
            "instrument": instrument,
        }


UNKNOWN = Finding("dismissed", (), "mistake", GROUNDS["mistake"], wrong=False)
"""For a URL that the world does not know."""


def review(seed: int, object_id: str, truth: str, *, number: int = 1, error_rate: float = 0.01) -> Finding:
    """The decision on an object's n-th time online; in `error_rate` of the cases it is the opposite of the truth."""
    key = f"{object_id}:{number}"
    wrong = draw(seed, "review-error", key) < error_rate
    if (truth == PROPAGANDA) is not wrong:
        limb = pick(draw(seed, "review-limb", key), tuple(LIMBS))
        return Finding("confirmed", (limb,), "none", LIMBS[limb], wrong=wrong)
    purpose = truth if truth in PURPOSES else pick(draw(seed, "review-purpose", key), PURPOSES)
    return Finding("dismissed", (), purpose, GROUNDS[purpose], wrong=wrong)


def instrument(seed: int, object_id: str, provider: str) -> str:
    """The kind of notice for an object: mostly a referral; where the authority is competent, now and then an order or a notice under the DSA."""
    share = draw(seed, "instrument", object_id)
    if provider in ORDERED and share < ORDERS:
        return "tco-removal-order"
    return "dsa-notice" if share > 1 - NOTICES else "referral"


def refuses(seed: int, object_id: str, *, number: int = 1, rate: float = 0.005) -> bool:
    """Whether a signer refuses a decision on an object's n-th time online; true in `rate` of the cases."""
    return draw(seed, "signer-refuses", f"{object_id}:{number}") < rate

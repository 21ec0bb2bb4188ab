"""Whether an answer that came by mail may be acted on, or is shown to a person.

Anybody can write a mail in anybody's name. So an answer counts only when

1. it came to the address of a reply token that we made, which only the addressee of that message was told; and
2. it is written under the domain of that addressee; and
3. where a receiving host of ours is trusted to check (its name is configured), that host says, in the topmost
   Authentication-Results (RFC 8601) under its name, that the domain signed it (DKIM) or that DMARC passed.

docs/decisions/0050-answers-by-mail.md says what this protects from, and what it does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from cautery.core.mail.letter import Letter
from cautery.core.mail.texts import addresses_in

COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"^\s*(dkim|dmarc)\s*=\s*(\w+)(.*)$", re.IGNORECASE | re.DOTALL)
PROPERTY = re.compile(r"header\.(d|i|from)\s*=\s*\"?@?(?:[^@\s;\"]*@)?([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether an answer may be acted on, and why (not), in words for a person."""

    proven: bool
    why: str


def judge_proof(letter: Letter, *, has_token: bool, domains: Collection[str], trusted_host: str) -> Proof:
    """Judge `letter` as an answer of the addressee whose mail is under `domains`; `trusted_host` empty: none is configured."""
    if len(letter.headers.get("from", ())) != 1:
        return Proof(False, "it has no sender, or several")
    written = {address.rpartition("@")[2].lower() for address in addresses_in(letter.header("from"))}
    if not has_token:
        return Proof(False, "it did not come to the address we gave for answers")
    own = [domain for domain in sorted(domains) if all(_under(one, domain) for one in written)]
    if len(written) != 1 or not own:
        return Proof(False, f"it is not written under {' or '.join(sorted(domains)) or 'a domain of its own'}")
    if not trusted_host:
        return Proof(True, "reply token and sender's domain")
    passed = authenticated_domains(letter, trusted_host)
    if not any(_under(one, domain) or _under(domain, one) for one in passed for domain in own):
        return Proof(False, f"{trusted_host} does not say that {' or '.join(own)} signed it")
    return Proof(True, f"reply token, sender's domain, and {trusted_host} says it is signed")


def _under(host: str, domain: str) -> bool:
    return bool(domain) and (host == domain.lower() or host.endswith(f".{domain.lower()}"))


def authenticated_domains(letter: Letter, trusted_host: str) -> frozenset[str]:
    """Domains that `trusted_host` says signed the mail; only its topmost word counts, since a sender can write more below."""
    for value in letter.headers.get("authentication-results", ()):
        plain = COMMENT.sub(" ", value)
        host, _, rest = plain.partition(";")
        if host.split()[:1] != [trusted_host]:
            continue
        found = (RESULT.match(part) for part in rest.split(";"))
        passed = [match.group(3) for match in found if match and match.group(2).lower() == "pass"]
        return frozenset(domain.lower().rstrip(".") for text in passed for _, domain in PROPERTY.findall(text))
    return frozenset()

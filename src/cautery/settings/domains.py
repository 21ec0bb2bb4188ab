"""What may be asked about domains, as the settings say."""

from __future__ import annotations

from cautery.core.errors import SettingInvalid
from cautery.settings.environment import Environment

ASKS = frozenset({"dns", "networks", "rdap", "tls", "whois"})


def domain_asks(environment: Environment, *, rehearsal: bool) -> frozenset[str]:
    """What is asked about domains; a rehearsal asks nobody outside unless it is told to. `SettingInvalid` names what is none."""
    words = environment.words("CAUTERY_DOMAIN_ASKS")
    if words == ["auto"]:
        if not rehearsal:
            return ASKS
        set_ = {"rdap": environment.text("CAUTERY_RDAP_BASE"), "dns": environment.text("CAUTERY_DNS")}
        return frozenset(name for name, value in set_.items() if value)
    chosen = frozenset(words) - {"none"}
    if chosen - ASKS or ("none" in words and chosen):
        raise SettingInvalid(
            f"CAUTERY_DOMAIN_ASKS is {environment.text('CAUTERY_DOMAIN_ASKS')!r}.",
            setting="CAUTERY_DOMAIN_ASKS",
            reason="not_a_choice",
            hint=f"auto, none, or some of: {', '.join(sorted(ASKS))}.",
        )
    return chosen

"""What a link stands for: one key per web object, however its address is spelled. Usable without the rest.

identify("https://youtu.be/jNQXAC9IVRw").identity     -> "youtube:video:jNQXAC9IVRw"
find_links("see hxxps://t[.]me/durov")                -> [Found(start=4, end=24, url="https://t.me/durov", ...)]
"""

from __future__ import annotations

from cautery.core.links.find import find_links
from cautery.core.links.identify import identify
from cautery.core.links.model import Found, Link
from cautery.core.links.ruleset import RULES, Provider, Ruleset

__all__ = ["RULES", "Found", "Link", "Provider", "Ruleset", "find_links", "identify"]

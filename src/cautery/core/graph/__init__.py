"""Who is linked to whom: what to act on together, and what is left after. Plain arrays, no database, no network.

Network.from_edges(edges, weights=None, n=None)                        the network
dismantle(network, budget, protected, groups, seconds, seed) -> Plan   the order, the sets for one moment, the curve
assess(network, order) -> Assessment                                   the same figures for any plan
"""

from __future__ import annotations

from .dismantle import Assessment, Plan, assess, dismantle
from .network import Network
from .scores import Scores

__all__ = ["Assessment", "Network", "Plan", "Scores", "assess", "dismantle"]

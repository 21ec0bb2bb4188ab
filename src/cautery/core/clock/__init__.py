"""Time: the clock that is passed in, and the legal clocks that run from what happened.

ticking.py    the present, passed in; waiting
periods.py    length and ends of periods: strict, and by Regulation (EEC, Euratom) No 1182/71
holidays.py   working days, by state, from holidays.toml
legal.py      the clocks of the acts, from clocks.toml
running.py    what happened -> where a clock stands
timeline.py   all clocks of a notice, in words a court can read
"""

from __future__ import annotations

from cautery.core.clock.ticking import POLL_S, Clock, SystemClock, on_grid

__all__ = ["POLL_S", "Clock", "SystemClock", "on_grid"]

"""`python -m cautery` is the command line."""

from __future__ import annotations

from cautery.cli import main

main()

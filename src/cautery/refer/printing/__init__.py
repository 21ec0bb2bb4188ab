"""Printed notices: values and wording -> pages (layout.py) -> PDF/A-3a, tagged, with the machine form inside (press.py)."""

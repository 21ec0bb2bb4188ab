"""Signatures on notices: keys (keys.py), PAdES and detached CMS with time stamps (office.py), and their checking (checking.py)."""

from __future__ import annotations


def refang(text: str) -> str:
    return text

"""What a mail that came in is: a person's reply, a bounce, a machine's answer; and which notice it belongs to.

    read_letter(bytes) -> Letter          headers, text, report parts; bounded, never raises
    classify(letter) -> Classified        kind, reason in words, cause, failed addresses
    belongings(letter) -> Belongings      reference numbers, reply tokens and Message-IDs that name our notice
    judge_proof(letter, ...) -> Proof     whether the answer may be acted on, or is shown to a person

The rules are tables (rules/*.toml); docs/mail.md says how to add to them.
"""

from __future__ import annotations

"""The further reports, a function each that returns a sheet (sheet.py): scorecard, year, provider, audit, outlet.

A report says what the register knows. What only people know (narratives, complaints kept elsewhere, court cases) comes as `facts`, a
JSON object of the caller; what neither has is listed under `missing` and is never a zero.
"""

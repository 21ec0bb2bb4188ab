"""Care for people: what they had to look at, what they rest from, and what nobody must see any further."""

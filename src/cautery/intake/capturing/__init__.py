"""Evidence of items: what is collected, how it is kept, who looked at it (docs/evidence.md)."""

"""People's rights in the log: what is personal lives outside it, has a term, can be held, and is erased with proof."""

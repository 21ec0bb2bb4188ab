"""Whom to act on together, from an operation's register: the network, the plan that is kept, what people chose, what came of it."""

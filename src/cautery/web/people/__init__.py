"""People: signing in, what is an officer's own, the first day of a register."""

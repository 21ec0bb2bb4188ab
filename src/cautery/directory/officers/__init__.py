"""People as an administrator keeps them: added, changed, suspended, reset; their tokens; and roles that wait for a second administrator."""

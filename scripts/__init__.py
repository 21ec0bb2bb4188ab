"""Tools of whoever works on the project; nothing of the package needs them."""

"""Pure Python that others can use on its own: no Django, no network, no database."""

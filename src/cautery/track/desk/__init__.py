"""The provider's side: its staff see their own notices, answer them, report a threat to life. Nothing else of the house shows."""

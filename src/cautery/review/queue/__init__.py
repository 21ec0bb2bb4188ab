"""What comes next to whom."""

"""Annexes II and III and statements of reasons as providers send them, by whichever way, and as their desk produces them."""

"""Notes between staff."""

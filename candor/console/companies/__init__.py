"""Choosing one company of few, or of ten thousand."""

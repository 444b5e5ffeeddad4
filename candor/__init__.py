"""Candor: a privacy assistant that a company hosts itself."""

__version__ = "0.2.0"

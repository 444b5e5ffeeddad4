"""Readers for the formats in which companies keep their policies. Each reads a file into the same parts, which become text.

`readers.py` holds the table of formats.
"""

"""Retention: the periods of each kind of data, the job that enforces them, its reports, and the erasure of one person."""

"""Accepted corrections → reviewed changes of what Candor learns from, and whether they help before they are trained."""

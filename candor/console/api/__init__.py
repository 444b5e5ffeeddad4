"""The staff API: what the console does, for programs. docs/api.md describes it."""

"""A privacy request: its types, its row, and the store that opens it exactly once."""

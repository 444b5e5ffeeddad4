"""Gold questions, and how answers to them are scored."""

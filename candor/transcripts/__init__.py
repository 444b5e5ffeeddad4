"""What was said, and why: masking, the vault of what was masked, the record of each turn, forgetting."""

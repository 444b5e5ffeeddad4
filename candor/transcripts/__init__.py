"""Conversations: masking, the vault of masked values, the record of each turn, lists, figures and deletion."""

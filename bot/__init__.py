"""Understand a message: Rasa's training data and our components.

Runs in Rasa's own environment and imports nothing of ours but knowledge/encoder.py.
"""

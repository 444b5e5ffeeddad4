"""Understand a message: Rasa's training data and our components. Rasa's own environment, Python 3.10; imports nothing of ours but `encoder`."""

"""Rasa calls us: one custom action a file. Each reads the tracker, makes one call into a service, and utters."""

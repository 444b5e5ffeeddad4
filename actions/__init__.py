"""The custom actions that Rasa calls, one in a file. Each reads the tracker, makes one call into a service, and utters."""

"""Where people meet the assistant. Every channel goes through the one door, assistant.py."""

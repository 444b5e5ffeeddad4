"""Where people meet the assistant. Every channel calls candor/conversations/assistant.py."""

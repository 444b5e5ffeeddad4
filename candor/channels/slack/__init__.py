"""Slack: direct messages, mentions, /privacy, forms and the staff channel, all through the assistant."""

"""Slack: direct messages, mentions, /privacy, forms and the staff channel, all through the one door."""

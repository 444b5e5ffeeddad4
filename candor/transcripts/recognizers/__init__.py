"""Recognisers of personal data: each reads a message once, in time linear in its length, and claims what it finds.

Their patterns repeat only a bounded number of times, and none can match the same characters in two ways, so that no message
takes long, whoever made it.
"""

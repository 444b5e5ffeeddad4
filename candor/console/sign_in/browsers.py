"""What a browser calls itself, in the words of people: "Firefox on Windows". Pure."""

from __future__ import annotations

SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac", "Linux")  # Android calls itself Linux too
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrom": "Chrome",
            "Safari": "Safari"}  # fmt: skip  # in this order: most name others beside themselves
UNKNOWN = "A browser"


def name_of(agent: str) -> str:
    """From a User-Agent header."""
    system = next((name for name in SYSTEMS if name in agent), "")
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), UNKNOWN)
    return f"{browser} on {system}" if system else browser

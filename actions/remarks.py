"""Tell what is only said from what asks something: "oh great, another robot" wants no passage of a policy. Pure."""

from __future__ import annotations

import re

from actions.form.words import ASKING

# A statement begins with whom or what it is about, or with a sound.
STATES = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|well|so|and|but|oh|ah|hm+|hi|hello|hey|sorry|anyway|actually|honestly|lol|haha)\W+)*"
    r"(?:i|i['’]?(?:m|ve|ll|d)|we|we['’]?(?:re|ve)|my|our|he|she|they|it|it['’]?s|this|that|that['’]?s|thats|there|the|his|her|their|you|your"
    r"|somebody|someone|nobody|everybody|people)\b",
    re.IGNORECASE,
)
EXCLAIMS = re.compile(
    r"^\W*(?:oh|ah|wow|ha(?:ha)+|lol|omg|ugh|great|nice|cool|sure|right|yay|congrats|well done|happy|beep|woof)\b", re.IGNORECASE
)
# A question or a wish further on: "I am a journalist, do you share data?", "I want to know who has it".
ASKS_LATER = re.compile(
    r"\b(?:what|how|why|who|whom|whose|where|when|which|whether|if)\b"
    r"|\b(?:do|does|did|is|are|was|were|can|could|will|would|should|must|may|has|have)"
    r" (?:i|you|u|it|that|this|they|we|he|she|there|my|the|your)\b"
    r"|\b(?:i|we)(?:['’]?d| would)? (?:\w+ )?(?:want|need|wish|like)\b|\b(?:please|pls|tell me|show me)\b",
    re.IGNORECASE,
)


def is_remark(text: str) -> bool:
    """Whether a message only says something. What may be a topic in a few words ("retention period") is no remark."""
    if "?" in text or ASKING.search(text) or ASKS_LATER.search(text):
        return False
    return bool(STATES.match(text) or EXCLAIMS.match(text))

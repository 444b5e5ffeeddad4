"""What a mail server means by a refusal: whether the mailbox does not exist, or somebody's set-up is wrong.

The enhanced status codes of RFC 3463 tell the two apart. A plain "550" tells nothing: servers send it for unknown users, for
senders whom they do not trust, and for what their filters dislike.
"""

from __future__ import annotations

import re

# Not the middle of a longer number, such as an IP address: "[192.5.1.1]" holds no status.
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
OF_THE_SENDER = {"7", "8"}  # X.1.7 and X.1.8 are about the sender's address, all others of X.1 about the recipient's
SWITCHED_OFF = "5.2.1"  # the mailbox exists no longer for mail; X.2.2, a full one, may be emptied


def status_in(text: str) -> str:
    """The first enhanced status code in a server's words, such as "5.1.1"; empty if there is none."""
    found = STATUS.search(text)
    return found[0] if found else ""


def is_mailbox(status: str) -> bool:
    """Whether a status says for good that the mailbox does not exist or takes no mail."""
    kind, _, detail = status.partition(".")
    subject, _, which = detail.partition(".")
    return (kind == "5" and subject == "1" and which not in OF_THE_SENDER) or status == SWITCHED_OFF

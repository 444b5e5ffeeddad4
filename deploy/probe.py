#!/usr/bin/env python3
"""Ask a process of this container whether it is well: `probe.py web | rasa | actions`. Exit 0 if it is.

Standard library only, because it runs every few seconds. Rasa and the action server ask for the shared secret, which no probe of
Kubernetes or Compose could send by itself.
"""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

# Each with its port by default, and where it says that it is well.
ASKED = {
    "web": ("CANDOR_WEB_PORT", "8000", "/readyz"),
    "rasa": ("CANDOR_RASA_PORT", "5005", "/webhooks/candor/ready"),
    "actions": ("CANDOR_ACTIONS_PORT", "5055", "/health"),
}


def main(arguments: list[str]) -> int:
    """Returns 2 for a name that nobody knows."""
    if len(arguments) != 1 or arguments[0] not in ASKED:
        print(f"usage: probe.py {' | '.join(ASKED)}", file=sys.stderr)
        return 2
    variable, port, path = ASKED[arguments[0]]
    secret = os.environ.get("CANDOR_INTERNAL_SECRET", "")
    asked = Request(f"http://127.0.0.1:{os.environ.get(variable) or port}{path}", headers={"Authorization": f"Bearer {secret}"})
    try:
        with urlopen(asked, timeout=5) as answer:  # noqa: S310  # our own address
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as error:
        print(f"{arguments[0]} is not well: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

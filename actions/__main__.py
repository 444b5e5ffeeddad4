"""`python -m actions`: serve our actions to Rasa, on loopback where nothing else is configured."""

from __future__ import annotations

import os
import sys

from actions.server import make_app
from candor.logs import configure_logs
from candor.services import services
from candor.tickets.law.residence import load_places


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    configure_logs()
    settings = services().settings
    if settings.internal_secret is None:
        print("CANDOR_INTERNAL_SECRET is not set: start everything with `candor serve`", file=sys.stderr)
        return 1
    load_places()
    app = make_app(settings.internal_secret.get_secret_value())
    app.run(host=settings.actions_host, port=settings.actions_port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

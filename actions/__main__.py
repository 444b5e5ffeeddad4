"""`python -m actions`: serve our actions to Rasa, on loopback only."""

from __future__ import annotations

import os
import sys

from actions.server import make_app
from candor import __version__
from candor.logs import configure_logs
from candor.services import services
from candor.telemetry import Scrapes, serve_figures, start_tracing
from candor.tickets.law.residence import load_places

LOOPBACK = "127.0.0.1"


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    settings = services().settings
    configure_logs(process="actions", as_json=settings.log_format == "json")
    start_tracing(settings.otlp_endpoint, "actions", __version__)
    if settings.metrics_port:
        token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
        serve_figures(settings.metrics_host, settings.metrics_port, Scrapes(token))
    if settings.internal_secret is None:
        print("CANDOR_INTERNAL_SECRET is not set: start everything with `candor serve`", file=sys.stderr)
        return 1
    load_places()
    app = make_app(settings.internal_secret.get_secret_value())
    app.run(host=LOOPBACK, port=settings.actions_port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

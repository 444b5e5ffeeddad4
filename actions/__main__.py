"""`python -m actions`: serve our actions to Rasa, on loopback where nothing else is configured."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress
from functools import partial

from actions.server import make_app
from candor import __version__
from candor.errors import CandorError
from candor.services import Services, services
from candor.telemetry.instruments import Scrapes, serve_figures, start_tracing
from candor.telemetry.logs import configure_logs
from candor.tickets.law.residence import load_places
from knowledge.suggestions import sure_suggestions

WARMED = 32  # companies whose opening questions are found at the start: as many as the index keeps ready


def openings(parts: Services, company: str) -> list[str]:
    """The questions that a chat about a company opens with. Raises: UnknownCompanyError; IndexUnusableError."""
    return sure_suggestions(parts.knowledge.catalogue, lambda: parts.knowledge.answers, company)


def read_ahead(parts: Services, message: str, company: str) -> None:
    """Read a message to a company that may soon have to be answered. Raises: UnknownCompanyError; IndexUnusableError."""
    knowledge = parts.knowledge
    knowledge.encoder.read_ahead(knowledge.answers.first_read(message, company))


def warm(parts: Services) -> None:
    """Find the opening questions of the first companies, so that the first visitor of each waits for nothing."""
    with suppress(CandorError):  # /readyz and each company's own page say what is wrong
        for company in list(parts.knowledge.catalogue.companies)[:WARMED]:
            openings(parts, company)


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    gc.disable()  # a start throws little away, and would be searched for it again and again
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
    parts = services()
    app = make_app(settings.internal_secret.get_secret_value(), partial(openings, parts), partial(read_ahead, parts))
    gc.collect()
    gc.freeze()  # what is loaded now stays: to search it at a turn would hold that turn up for a tenth of a second
    gc.enable()
    threading.Thread(target=warm, args=(parts,), daemon=True).start()
    app.run(host=settings.actions_host, port=settings.actions_port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

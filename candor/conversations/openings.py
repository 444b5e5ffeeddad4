"""The questions that a chat opens with, as ingestion found them. Where it asked nothing, the action server finds them: it has the
encoder, and this process has not."""

from __future__ import annotations

import logging
from urllib.parse import quote

import httpx

from knowledge.catalogue import PolicyCatalogue
from knowledge.suggestions import found_once, stored_suggestions

log = logging.getLogger("candor.openings")
LONGEST_WAIT = 3.0  # seconds: a page opens without them sooner than it keeps its visitor waiting


class Openings:
    """Safe to share between threads."""

    def __init__(
        self, catalogue: PolicyCatalogue, address: str, secret: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        """address: the action server's, without a slash at the end. secret: that of Candor's processes."""
        self._catalogue, self._address = catalogue, address
        headers = {"Authorization": f"Bearer {secret}"}
        self._http = httpx.Client(timeout=LONGEST_WAIT, trust_env=False, headers=headers, transport=transport)

    def __call__(self, company: str) -> list[str]:
        """Those of a company's current version. Where they are not stored with it, they are asked for once for each release and
        each change of what staff settled; none where the action server does not answer then.

        Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
        """
        stored = stored_suggestions(self._catalogue, company)
        if stored is not None:
            return stored
        try:
            return found_once(self._catalogue, company, lambda: self._ask(company))
        except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
            log.warning("no opening questions: the action server does not answer (%s)", type(error).__name__)
            return []

    def _ask(self, company: str) -> list[str]:
        answer = self._http.get(f"{self._address}/openings/{quote(company, safe='')}").raise_for_status()
        return [str(question) for question in answer.json()["questions"]]

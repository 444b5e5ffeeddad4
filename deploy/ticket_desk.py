"""A small ticket desk that works Candor's requests: to copy from when Jira, Zendesk or n8n is to do the same (docs/api.md).

    CANDOR_API_TOKEN=candor_… WEBHOOK_SECRET=whsec_… python deploy/ticket_desk.py listen 8090 tickets/
    CANDOR_API_TOKEN=candor_… python deploy/ticket_desk.py do R-7KQ4-M2XD complete words="We have deleted your account."

`listen` takes webhooks at http://127.0.0.1:8090/ (put a proxy with TLS before it) and keeps a ticket for each request as a JSON
file. `do` takes a step with a request through the staff API; the step comes back as an event, and moves the ticket. It needs
httpx and standardwebhooks, and nothing else of Candor. CANDOR_API says where the API is: https://privacy.example.org/api/staff/v1/
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

NUMBER = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")  # it names a file
LARGEST = 100_000  # bytes of an event


@dataclass
class TicketDesk:
    """Tickets in a folder. api: an HTTP client of the staff API, with a token. actor: how Candor names what this program does."""

    folder: Path
    api: Any  # an httpx.Client, or what speaks like one
    actor: str = ""

    def __post_init__(self) -> None:
        self._lock = Lock()
        self.actor = self.actor or self._answer(self.api.get("me"))["actor"]

    def take_in(self, key: str, event: dict[str, Any]) -> None:
        """Note an event with its ticket, once for each `webhook-id`; events may come twice, and in any order."""
        data = event.get("data", {})
        number = str(data.get("number", ""))
        if not event.get("type", "").startswith("request.") or not NUMBER.fullmatch(number):
            return
        with self._lock:
            ticket = self.ticket(number)
            if key in ticket["keys"]:
                return
            ticket["keys"].append(key)
            ticket["history"].append({"what": event["type"], "at": event["timestamp"], "ours": data["actor"] == self.actor})
            if event["timestamp"] >= ticket["at"]:  # an older one that comes late moves nothing
                ticket |= {"at": event["timestamp"], "state": data["state"], "due": data["due"], "company": data["company"]}
                ticket |= {"wish": data["request_type"], "assignee": data["assignee"]}
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{number}.json").write_text(json.dumps(ticket, indent=1), encoding="utf-8")

    def ticket(self, number: str) -> dict[str, Any]:
        """What is known of a request here; a fresh ticket where nothing is."""
        path = self.folder / f"{number}.json"
        known: dict[str, Any] = {"number": number, "state": "", "at": "", "keys": [], "history": []}
        return known | (json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})

    def do(self, number: str, step: str, **fields: str) -> str:
        """Take a step; the state after it. A repetition does nothing. Raises: SystemExit with what Candor says against it."""
        newest = self._answer(self.api.get(f"requests/{number}"))["newest_event"]
        key = f"ticket-desk-{number}-{step}-{newest}"  # of this step, decided on this view
        body = {"step": step, "seen": newest, **fields}
        done = self.api.post(f"requests/{number}/steps", json=body, headers={"Idempotency-Key": key})
        state: str = self._answer(done)["state"]
        return state

    @staticmethod
    def _answer(response: Any) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        if response.is_error:
            raise SystemExit(f"Candor: {answer.get('detail', response.status_code)}")
        return answer


def server(desk: TicketDesk, secret: str, port: int) -> ThreadingHTTPServer:
    """What takes webhooks, on loopback: it verifies each before it looks at it, and answers at once."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 15

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= LARGEST else b""
            try:
                Webhook(secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
            except WebhookVerificationError:
                self.send_response(401)
            else:
                desk.take_in(self.headers["webhook-id"], json.loads(body))
                self.send_response(204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing: an address of this kind is called often."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(arguments: list[str]) -> int:
    api = os.environ.get("CANDOR_API", "http://127.0.0.1:8000/api/staff/v1/")
    headers = {"Authorization": f"Bearer {os.environ['CANDOR_API_TOKEN']}"}
    with httpx.Client(base_url=api, headers=headers) as client:
        match arguments:
            case ["listen", port, folder]:
                server(TicketDesk(Path(folder), client), os.environ["WEBHOOK_SECRET"], int(port)).serve_forever()
            case ["do", number, step, *fields]:
                print(TicketDesk(Path(), client).do(number, step, **dict(field.split("=", 1) for field in fields)))
            case _:
                print(__doc__)
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

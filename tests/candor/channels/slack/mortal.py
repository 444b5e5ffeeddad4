"""A worker of its own, whose Rasa never answers, to be killed: `python -m tests.candor.channels.slack.mortal FOLDER PORT SLACK`.

FOLDER: var/, policies/ and index/ as the test's own parts have them; in it, `asked` appears once Rasa was asked.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from candor.app.web import make_app
from candor.conversations.rasa import RasaTurn
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from tests.candor.channels.slack.fake import SECRET
from tests.fakes import FakeEncoder, FakeRasa


class HangingRasa(FakeRasa):
    """Never answers."""

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        await asyncio.to_thread(Path(sys.argv[1], "asked").touch)
        await asyncio.Event().wait()
        raise AssertionError


def main() -> None:
    folder, port, slack = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    parts = Services(
        Settings(
            var_dir=folder / "var", policies_dir=folder / "policies", secret_key=SecretStr("a secret"), database_url="",
            actions_port=1, slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr(SECRET),
            slack_api_url=f"{slack}/api/",
        )
    )  # fmt: skip
    parts.knowledge.catalogue = PolicyCatalogue(folder / "index", FakeEncoder.id)
    uvicorn.run(make_app(parts, HangingRasa()), host="127.0.0.1", port=port, log_config=None)


if __name__ == "__main__":
    main()

"""Part of building a wheel: what lies elsewhere in a checkout is put where an installed Candor looks for it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BROWSER_CODE = ("candor/channels/widget", "candor/console/frontend")
# Rasa runs on another Python and sees this folder alone: its own files, our components, and the encoder that both sides share.
RASA_FILES = (
    "bot", "config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "knowledge/__init__.py", "knowledge/encoder.py",
)  # fmt: skip


class CandorBuildHook(BuildHookInterface[Any]):
    """An editable install needs none of this: it reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises: RuntimeError if the browser code is not built and there is no npm to build it."""
        if version == "editable":
            return
        root = Path(self.root)
        for app in (root / app for app in BROWSER_CODE):
            if not (app / "dist" / ".vite" / "manifest.json").is_file():
                build_browser_code(app)
        with_rasa = root / "build" / "rasa_files"  # copies: a file goes into a wheel once, and the encoder is in knowledge/ too
        shutil.rmtree(with_rasa, ignore_errors=True)
        for name in RASA_FILES:
            copy = shutil.copytree if (root / name).is_dir() else shutil.copy
            (with_rasa / name).parent.mkdir(parents=True, exist_ok=True)
            copy(root / name, with_rasa / name)
        build_data["force_include"][str(with_rasa)] = "candor/rasa_files"


def build_browser_code(app: Path) -> None:
    """Raises: RuntimeError without npm; CalledProcessError if it fails."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(f"{app.name} is not built and there is no npm: run `make setup` first, or install Node 20.19 or newer")
    subprocess.run([npm, "--prefix", str(app), "ci", "--no-audit", "--no-fund", "--loglevel=error"], check=True)
    subprocess.run([npm, "--prefix", str(app), "run", "build"], check=True)

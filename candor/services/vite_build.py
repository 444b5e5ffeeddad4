"""The built browser code (channels/widget, console/frontend): Vite's manifest tells which file each entry became."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from candor.errors import UnavailableError

FOREVER = "public, max-age=31536000, immutable"  # Vite puts a hash of the content into the name
MANIFEST = Path(".vite") / "manifest.json"


class NotBuiltError(UnavailableError):
    """Browser code was not built, or its build is broken. Cure: run `make setup`."""

    public = "This page has not been built on this server yet. Its operator can do so with `make setup`."


@dataclass(frozen=True)
class PageFiles:
    """Addresses of what a page loads."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]  # modules that the script imports: asked for at once, not one after the other


class ViteBuild:
    """The folder that Vite wrote; read anew whenever set-up has built it anew. `base` stands before the files' addresses."""

    def __init__(self, folder: Path, base: str = "/") -> None:
        self.folder, self._base = folder, base
        self._read: tuple[int, dict[str, Any]] | None = None

    def file(self, entry: str) -> Path:
        """The file that an entry became. Raises: NotBuiltError."""
        return self.folder / str(self._entry(entry)["file"])

    def files(self, entry: str) -> PageFiles:
        """The entry's file with the styles and modules that it needs. Raises: NotBuiltError."""
        found = self._entry(entry)
        chunks = [self._entry(name) for name in self._imports(entry, [])]
        styles = dict.fromkeys(style for chunk in (found, *chunks) for style in chunk.get("css", ()))
        return PageFiles(
            self._base + found["file"], tuple(self._base + style for style in styles),
            tuple(self._base + chunk["file"] for chunk in chunks),
        )  # fmt: skip

    def _imports(self, name: str, found: list[str]) -> list[str]:
        for other in self._entry(name).get("imports", ()):
            if other not in found:
                found.append(other)
                self._imports(other, found)
        return found

    def _entry(self, name: str) -> dict[str, Any]:
        try:
            entry = self._manifest()[name]
            if not (self.folder / entry["file"]).is_file():
                raise NotBuiltError(f"{self.folder.name}: the build lacks {entry['file']}: run `make setup`")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotBuiltError(f"{self.folder.name} is not built ({type(error).__name__}): run `make setup`") from error
        found: dict[str, Any] = entry
        return found

    def _manifest(self) -> dict[str, Any]:
        path = self.folder / MANIFEST
        changed = path.stat().st_mtime_ns
        if self._read is None or self._read[0] != changed:
            self._read = changed, json.loads(path.read_bytes())
        return self._read[1]


class Assets(StaticFiles):
    """Vite's files with their content's hash in their names."""

    def __init__(self, build: ViteBuild) -> None:
        super().__init__(directory=build.folder / "assets", check_dir=False)

    async def check_config(self) -> None:
        """The folder may be missing until set-up builds it, while we run: then nothing is found in it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises: HTTPException 404."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = FOREVER
        return response

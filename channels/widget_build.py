"""What set-up built of the widget's sources (channels/widget/app): Vite's manifest tells which file an entry became."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import UnavailableError

LAUNCHER, SURFACE = "src/launcher.ts", "src/surface.ts"
MANIFEST = Path(".vite") / "manifest.json"


class WidgetMissingError(UnavailableError):
    """The widget was not built, or its build is broken. Cure: run `make setup`."""

    public = "The chat has not been built on this server yet. Its operator can do so with `make setup`."


@dataclass(frozen=True)
class SurfaceFiles:
    """Addresses of what the chat's page loads."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]  # modules that the script imports: asked for at once, not one after the other


class WidgetBuild:
    """The folder that Vite wrote; read anew whenever set-up has built it anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: tuple[int, dict[str, Any]] | None = None

    def launcher(self) -> Path:
        """Raises: WidgetMissingError."""
        return self.folder / str(self._entry(LAUNCHER)["file"])

    def surface(self) -> SurfaceFiles:
        """Raises: WidgetMissingError."""
        entry = self._entry(SURFACE)
        chunks = [self._entry(name) for name in self._imports(SURFACE, [])]
        styles = dict.fromkeys(style for chunk in (entry, *chunks) for style in chunk.get("css", ()))
        return SurfaceFiles(
            f"/{entry['file']}", tuple(f"/{style}" for style in styles), tuple(f"/{chunk['file']}" for chunk in chunks)
        )

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
                raise WidgetMissingError(f"the widget's build lacks {entry['file']}: run `make setup`")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WidgetMissingError(f"the widget is not built ({type(error).__name__}): run `make setup`") from error
        found: dict[str, Any] = entry
        return found

    def _manifest(self) -> dict[str, Any]:
        path = self.folder / MANIFEST
        changed = path.stat().st_mtime_ns
        if self._read is None or self._read[0] != changed:
            self._read = changed, json.loads(path.read_bytes())
        return self._read[1]

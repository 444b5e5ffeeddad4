#!/usr/bin/env python3
"""What is installed here, as a bill of materials in CycloneDX 1.6: var/candor.cdx.json. Standard library only; asks no network.

Each component says in which environment it is: `service` faces the network, `bot` is Rasa's, `dev` is only there for tests, and
`browser` is built into what runs in browsers. The pins in requirements/ and the npm lock files say which is which.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OURS = uuid.UUID("6d1d3f0e-6c59-4b4b-9d0a-6f2b52b0c0de")  # any, but always the same: the same parts give the same serial number
BROWSER = ("candor/channels/widget", "candor/console/frontend")


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "candor.cdx.json"
    bill = bill_of(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1) + "\n")
    print(f"   {len(bill['components'])} components in {target.name}")
    return 0


def bill_of(root: Path) -> dict[str, Any]:
    """The document. The same installation gives the same document, byte for byte."""
    serves = pinned(root / "requirements" / "service.txt")
    components: dict[str, dict[str, Any]] = {}
    needs: dict[str, list[str]] = {}
    for folder in (".venv", ".venv-bot"):
        found = {normal(one.name): one for one in installed(root / folder)}
        for name, one in sorted(found.items()):
            if name == "candor":
                continue
            where = "bot" if folder == ".venv-bot" else "service" if name in serves else "dev"
            reference = f"pkg:pypi/{name}@{one.version}"
            line = components.setdefault(reference, component(name, one.version, reference, license_of(one)))
            line["properties"].append({"name": "candor:environment", "value": where})
            asked = {found[need] for need in requirements_of(one) if need in found}
            needs.setdefault(reference, []).extend(f"pkg:pypi/{normal(need.name)}@{need.version}" for need in asked)
    for name, version, license_ in browser_packages(root):
        reference = f"pkg:npm/{name.replace('@', '%40', 1)}@{version}"
        line = components.setdefault(reference, component(name, version, reference, license_))
        line["properties"] = [{"name": "candor:environment", "value": "browser"}]
    version = re.findall(r'__version__ = "(.+)"', (root / "candor" / "__init__.py").read_text())[0]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(OURS, json.dumps(sorted(components)))}", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "candor", "name": "candor", "version": version,
                                   "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": [components[reference] for reference in sorted(components)],
        "dependencies": [{"ref": "candor", "dependsOn": sorted(components)}]
        + [{"ref": reference, "dependsOn": sorted(set(asked))} for reference, asked in sorted(needs.items())],
    }  # fmt: skip


def component(name: str, version: str, reference: str, license_: str) -> dict[str, Any]:
    """One library. A licence is named as its authors write it, because few write an SPDX expression."""
    made: dict[str, Any] = {"type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference}
    return {**made, **({"licenses": [{"license": {"name": license_}}]} if license_ else {}), "properties": []}


def installed(environment: Path) -> Iterator[Distribution]:
    """What is in an environment, whichever Python it is for."""
    for site in sorted(environment.glob("lib/python3*/site-packages")):
        yield from distributions(path=[str(site)])


def license_of(one: Distribution) -> str:
    """A short name; "" where the metadata has none."""
    told = one.metadata
    classified = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    named = [told["License-Expression"] or "", *classified, (told["License"] or "").strip().partition("\n")[0]]
    return next((name for name in named if name and name != "OSI Approved"), "")[:100]


def requirements_of(one: Distribution) -> set[str]:
    """The names that it always asks for; extras are left out."""
    lines = [line for line in one.requires or [] if "extra ==" not in line]
    return {normal(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in lines}  # type: ignore[index]


def browser_packages(root: Path) -> Iterator[tuple[str, str, str]]:
    """What the npm lock files name, and that is not for building and testing alone."""
    for app in BROWSER:
        lock = json.loads((root / app / "package-lock.json").read_text())
        for path, told in lock["packages"].items():
            if path and not told.get("dev"):
                yield path.rpartition("node_modules/")[2], told["version"], told.get("license", "")


def pinned(file: Path) -> set[str]:
    return {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==", file.read_text(), re.M)}


def normal(name: str) -> str:
    """As registries compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())

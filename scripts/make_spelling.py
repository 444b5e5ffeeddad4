"""Make knowledge/spelling.txt: the words that questions are spelt with, and how often our own texts have each.

Needs lists of English words (Debian's wamerican and wbritish, SCOWL):

    python scripts/make_spelling.py /usr/share/dict/american-english /usr/share/dict/british-english

Counted are the aspect bank, Rasa's examples, the questions that teach the order, dialogue acts and the made-up policies; a word
that these have seldom, and no list has, is left out, because our examples hold slips of the pen too. The words of the lists, and
the given names that several countries know and the places of candor/transcripts/lexicon.txt, are there to be left as they are.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = (ROOT / "bot" / "data" / "nlu", ROOT / "training" / "dialogue_acts")
TARGET = ROOT / "knowledge" / "spelling.txt"
LEXICON = ROOT / "candor" / "transcripts" / "lexicon.txt"
LEFT_ALONE = frozenset("cp")  # of the lexicon's flags: given name of several countries, place
WORD = re.compile(r"(?<![\w<])[a-z]+(?:['’][a-z]+)*(?![\w>])")
OFTEN = 6  # a word of our texts that no list of English has counts from here on
ANNOTATED = re.compile(r"\[([^\]]+)\]\(\w+\)")


def texts() -> Iterator[str]:
    """All that questions are like, and what they are answered from."""
    yield (ROOT / "knowledge" / "aspects.yml").read_text(encoding="utf-8")
    for path in [
        *sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")),
        *sorted((ROOT / "training" / "dialogue_acts").glob("*.yml")),
    ]:
        yield from _lines(yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "training").glob("*/*.jsonl")):
        yield from (json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines())
    for path in sorted((ROOT / "training" / "policies").glob("*.txt")):
        yield path.read_text(encoding="utf-8")


def _lines(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _lines(value)
    elif isinstance(data, list):
        for value in data:
            yield from _lines(value)
    elif isinstance(data, str):
        yield ANNOTATED.sub(r"\1", data)


def main(lists: list[str]) -> None:
    counts = Counter(word.replace("’", "'") for text in texts() for word in WORD.findall(text.lower()))
    entries = (line.rsplit(" ", 1) for line in LEXICON.read_text(encoding="utf-8").splitlines())
    flags = {word: set(kinds) for word, kinds in entries}
    listed = {
        word.lower() for name in lists for word in Path(name).read_text(encoding="utf-8").split() if not word.endswith("'s")
    }
    ordinary = {word for word in listed if WORD.fullmatch(word)} | {word for word, kinds in flags.items() if "o" in kinds}
    known = ordinary | {word for word, kinds in flags.items() if kinds & LEFT_ALONE and WORD.fullmatch(word)}
    kept = {word: count for word, count in counts.items() if word in ordinary or count >= OFTEN}
    all_words = dict.fromkeys(known, 0) | kept
    TARGET.write_text("".join(f"{word} {count}\n" for word, count in sorted(all_words.items())), encoding="utf-8")
    print(f"{len(all_words)} words, {len(kept)} of them in our texts")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Add one example to a YAML file without changing any other character. Pure: text in, text out.

A YAML writer would reformat the whole file: quotes, line breaks, comments. So one line is inserted after the last one of its
list, and the file is read before and after: the difference must be exactly the new example.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from candor.errors import InvalidInputError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CannotInsertError(InvalidInputError):
    """The file has no such list, or not in a form that a line can be inserted into."""


def with_question(text: str, aspect: str, question: str) -> str:
    """aspects.yml with one more question under an aspect. Raises: CannotInsertError."""
    entry = next((each for each in _list(text, "aspects") if _of(each, "id").value == aspect), None)
    items = _of(entry, "questions").value if entry else []
    if not items:
        raise CannotInsertError(f"the aspect bank has no aspect {aspect[:60]!r}")
    last = items[-1]
    after = _with_line(text, last.end_mark.line, f"{' ' * (last.start_mark.column - 2)}- {_scalar(question)}")
    expected = _read(text)
    next(each for each in expected["aspects"] if each["id"] == aspect)["questions"].append(question)
    return _verified(after, expected)


def with_example(text: str, intent: str, example: str) -> str:
    """One of Rasa's NLU files with one more example under an intent. Raises: CannotInsertError."""
    entry = next((each for each in _list(text, "nlu") if _value(each, "intent") == intent), None)
    node = _of(entry, "examples") if entry else None
    if node is None or node.style != "|":
        raise CannotInsertError(f"this file has no block of examples for the intent {intent[:60]!r}")
    lines = text.splitlines()
    end = min(node.end_mark.line, len(lines))
    last = max(number for number in range(node.start_mark.line + 1, end) if lines[number].strip())
    indent = len(lines[last]) - len(lines[last].lstrip())
    after = _with_line(text, last, f"{' ' * indent}- {example}")
    expected = _read(text)
    examples = next(each for each in expected["nlu"] if each.get("intent") == intent)
    examples["examples"] = f"{examples['examples'].rstrip()}\n- {example}\n"
    return _verified(after, expected)


def intents_in(text: str) -> list[str]:
    """The intents for which a file of Rasa's NLU data has examples."""
    return [entry["intent"] for entry in _read(text).get("nlu") or [] if "intent" in entry]


def examples_in(text: str) -> list[str]:
    """Every example of every intent in a file, without its dash."""
    return [
        line.strip().removeprefix("- ")
        for entry in _read(text).get("nlu") or [] if "intent" in entry
        for line in entry["examples"].splitlines() if line.strip()
    ]  # fmt: skip


def _verified(after: str, expected: Any) -> str:
    try:
        same = _plain(_read(after)) == _plain(expected)
    except yaml.YAMLError:
        same = False
    if not same:
        raise CannotInsertError("the line would not be read as it was meant; add it by hand")
    return after


def _plain(data: Any) -> Any:
    """The data without the white space that ends a block of examples: it may be one line break or none."""
    if isinstance(data, dict):
        return {key: value.rstrip() if key == "examples" else _plain(value) for key, value in data.items()}
    return [_plain(each) for each in data] if isinstance(data, list) else data


def _scalar(text: str) -> str:
    """A YAML scalar on one line: plain if it is read as the same text, else in double quotes."""
    try:
        plain = _read(f"- {text}\n") == [text]
    except yaml.YAMLError:
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)


def _with_line(text: str, after: int, line: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[: after + 1], line, *lines[after + 1 :]])


def _read(text: str) -> Any:
    return yaml.load(text, Loader=LOADER)  # noqa: S506  (a safe loader)


def _list(text: str, key: str) -> list[Any]:
    found: list[Any] = _of(yaml.compose(text, Loader=LOADER), key).value
    return found


def _of(mapping: Any, key: str) -> Any:
    """The node under a key. Raises: CannotInsertError."""
    for name, node in mapping.value:
        if name.value == key:
            return node
    raise CannotInsertError(f"there is no {key!r} in this file")


def _value(mapping: Any, key: str) -> str | None:
    return next((node.value for name, node in mapping.value if name.value == key), None)

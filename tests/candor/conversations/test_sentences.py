"""Every sentence and button title that visitors get stands in domain.yml, where it can be read, reworded and translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from candor.settings import ROOT

ROOMS = ("actions", "candor/conversations")
SLACK = ROOT / "candor" / "channels" / "slack"
VISITORS_IN_SLACK = [SLACK / f"{name}.py" for name in ("answering", "home", "listeners", "request_form")]
MODULES = [*sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), *VISITORS_IN_SLACK]
TERMINAL = {"ask.py", "overview.py"}  # for operators, who read them on the command line
OPERATORS = {"server.py"}  # what the action server tells a stranger on loopback
WORDS = re.compile(r"[A-Za-z]['’]?[a-z]*,? [A-Za-z]")  # two words in a row, as no identifier, pattern or format has them
SQL = re.compile(r"(?:SELECT|SET) [\w_(]")
# What is called with texts for operators, databases and regular expressions.
NOT_FOR_VISITORS = re.compile(r"(re\.compile|log\.\w+|sql|text|print|Error|super\(\)\.__init__)$")
PUBLIC = {"public"}  # of errors, which surfaces show as problems and not as replies
# What visitors say, and not what they are told: examples of their intents in bot/data.
PHRASES = {"WORDS", "QUESTIONS"}


def passed_over(tree: ast.Module) -> set[int]:
    """The nodes below docstrings, raised errors, log lines, patterns, errors' public texts and visitors' own phrases."""
    found: set[int] = set()
    for node in ast.walk(tree):
        below: list[ast.AST] = []
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Raise():
                below = [node]
            case ast.Call() if NOT_FOR_VISITORS.search(ast.unparse(node.func)):
                below = [node]
            case ast.Assign(targets=[target], value=value) if ast.unparse(target).removeprefix("self.") in PUBLIC | PHRASES:
                below = [value]
        found |= {id(each) for top in below for each in ast.walk(top)}
    return found


def sentences(source: str) -> Iterator[str]:
    """The string literals of a module that look like words for visitors; of an f-string the parts between its values."""
    tree = ast.parse(source)
    ignored = passed_over(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in ignored
            and WORDS.search(node.value)
            and not SQL.match(node.value)
        ):
            yield node.value


def literal_texts(source: str) -> Iterator[str]:
    """Texts of replies, and titles of buttons and choices, that are not read from domain.yml, however short they are."""
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[str, ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = [(key.value, value) for key, value in zip(node.keys, node.values, strict=True)
                     if isinstance(key, ast.Constant) and isinstance(key.value, str)]  # fmt: skip
        elif isinstance(node, ast.Call):
            pairs = [(word.arg, word.value) for word in node.keywords if word.arg]
        for key, value in pairs:
            if (
                key in {"title", "label", "text"}
                and isinstance(value, ast.Constant | ast.JoinedStr)
                and ast.unparse(value) != "''"
            ):
                yield ast.unparse(value)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_for_visitors_stands_in_python(path: Path) -> None:
    """Else whoever rewords or translates domain.yml would miss it."""
    source = path.read_text(encoding="utf-8")

    assert list(literal_texts(source)) == []
    assert path.name in TERMINAL | OPERATORS or list(sentences(source)) == []


def test_a_sentence_in_python_would_be_found() -> None:
    """The test above has eyes."""
    source = '''
"""A docstring is for developers."""
dispatcher.utter_message(text="Hello!", buttons=[{"title": "Yes", "payload": "yes"}])
note = f"your {place} question, as I read it"
raise ValueError("not for visitors")
'''

    assert list(literal_texts(source)) == ["'Hello!'", "'Yes'"]
    assert list(sentences(source)) == [" question, as I read it"]


def test_every_response_that_python_names_stands_in_the_domain() -> None:
    """A misspelt name would fail before a visitor."""
    known = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    named = {
        node.value
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"utter_\w*[a-z\d]", node.value)
    }

    counted = {name for name in named if f"{name}_one" in known and f"{name}_many" in known}
    assert named - counted - set(known) == set()

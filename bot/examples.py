"""Write the training examples that Rasa takes from other sources: questions of the aspect bank, company names of policies/.

Runs in the service's environment at set-up: `python -m bot.examples OUT POLICIES`. So bot/data holds no copies of them.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

# `knowledge` finds a question's topic, not Rasa. Only these aspects lead to another action.
INTENT_OF_ASPECT = {
    "changes.what_changed": "ask_what_changed",
    "rights.authorised_agent": "on_behalf",
    "rights.end_users": "through_another_company",
}


def asked_examples(bank: Path, taken: set[str]) -> dict[str, list[str]]:
    """Intent → its examples, without those in `taken`, which bot/data has already.

    The bank says what a sentence is about, so it also lists "delete my data" under the right to erasure. Where such a
    sentence asks for something to be done, bot/data has it under the intent of the request.
    """
    found: dict[str, list[str]] = {}
    for aspect in yaml.safe_load(bank.read_text(encoding="utf-8"))["aspects"]:
        found.setdefault(INTENT_OF_ASPECT.get(aspect["id"], "ask_policy"), []).extend(
            question for question in aspect["questions"] if question.lower() not in taken
        )
    return found


def own_examples(data: Path) -> set[str]:
    """Every example in bot/data, in lower case."""
    return {
        line.strip().removeprefix("- ").lower()
        for path in data.rglob("*.yml")
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", [])
        for line in entry["examples"].splitlines()
    }


def company_names(policies: Path) -> dict[str, list[str]]:
    """Company id → every name and alias it goes by."""
    found: dict[str, list[str]] = {}
    for path in sorted(policies.glob("*/company.toml")):
        company = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.parent.name] = sorted({path.parent.name, company["name"], *company.get("aliases", [])})
    return found


def as_nlu(asked: dict[str, list[str]], companies: dict[str, list[str]]) -> str:
    """The examples and company names as one of Rasa's NLU files."""
    names = [name for names in companies.values() for name in names]
    nlu: list[dict[str, Any]] = [{"intent": intent, "examples": _listed(examples)} for intent, examples in asked.items()]
    # Rasa looks up only entities that some example is annotated with. One example for each company: more of one pattern
    # would teach little, and cross-validation would find each again in the other folds.
    switching = [f"switch to [{company}](company)" for company in companies]
    nlu.append({"intent": "switch_company", "examples": "".join(f"- {example}\n" for example in switching)})
    nlu.append({"lookup": "company", "examples": _listed(names)})
    nlu += [{"synonym": company, "examples": _listed(names)} for company, names in companies.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False, width=1000)


def _listed(texts: list[str]) -> str:
    # Square brackets and braces mean entities to Rasa.
    return "".join(f"- {text.translate(str.maketrans('[]{}', '()()'))}\n" for text in texts)


def main(out: Path, policies: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    out.parent.mkdir(parents=True, exist_ok=True)
    asked = asked_examples(root / "knowledge" / "aspects.yml", own_examples(root / "bot" / "data"))
    out.write_text(as_nlu(asked, company_names(policies)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

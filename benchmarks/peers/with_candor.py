"""`python -m benchmarks.peers.with_candor`: Candor's knowledge alone, without Rasa, from the index that the settings name."""

from __future__ import annotations

from benchmarks.peers.asked import answer_on_stdin
from candor.services import Services
from candor.settings import Settings


def main() -> None:
    answers = Services(Settings()).knowledge.answers

    def search(company: str, question: str) -> list[str]:
        return [hit.passage.text for hit in answers.answer(question, company).hits]

    answer_on_stdin(search)


if __name__ == "__main__":
    main()

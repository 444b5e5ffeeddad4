"""Verdicts, labels, assignees, samples, corrections: stored by person, on both databases, deleted with their conversation."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.database.engine import make_engine
from candor.errors import ConflictError, InvalidInputError
from candor.reviews.agreement import agreement, pairs_of
from candor.reviews.corrections import BadCorrectionError, Corrections, Proposal, UnknownCorrectionError, faults_in, neutral
from candor.reviews.queue import QueueFilter, ReviewQueue
from candor.reviews.samples import Samples, SampleTakenError
from candor.reviews.unanswered import Silences
from candor.reviews.verdicts import ReviewStore, UnknownTurnError, labels_in
from candor.settings import ROOT
from candor.transcripts.models import TranscriptBase
from candor.transcripts.store import TranscriptStore, TurnOutcome
from tests.postgresql import Databases

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ADA, BEA = 1, 2


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, engine: Engine, databases: Databases) -> Iterator[Engine]:
    """An empty database with all tables, of either kind."""
    if request.param == "sqlite":
        yield engine
        return
    made = make_engine(databases.with_tables())
    yield made
    made.dispose()


class Desk:
    """The stores, and conversations to work on."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.now = engine, NOON
        self.transcripts = TranscriptStore(engine, lambda: self.now)
        self.reviews, self.samples = ReviewStore(engine, lambda: self.now), Samples(engine, lambda: self.now)
        self.corrections, self.silences = Corrections(engine, lambda: self.now), Silences(engine, lambda: self.now)

    def asked(
        self, words: str = "do you sell it", kind: str = "answer", aspect: str | None = None, *, company: str = "acme",
        conversation: str = "", quotes: tuple[tuple[int, int], ...] = (), helpful: bool | None = None,
    ) -> tuple[int, str]:  # fmt: skip
        """A turn and its conversation."""
        conversation = conversation or self.transcripts.begin(company=company, channel="web").id
        number = f"m-{len(self.transcripts.turns(conversation))}"
        cited = [{"company": company, "version": "2026-01-15", "start": start, "end": end} for start, end in quotes]
        reply = {"kind": kind, "text": "It says:", "answer_id": f"a_{number}", "citations": cited}
        self.transcripts.ask(conversation, number, words)
        self.transcripts.answered(conversation, number, TurnOutcome([reply], "ask_policy", 0.9, [], {"aspect": aspect}), 5.0)
        if helpful is not None:
            self.transcripts.feedback(conversation, f"a_{number}", helpful=helpful)
        return self.transcripts.turns(conversation)[-1].id, conversation

    def rows(self) -> dict[str, int]:
        with Session(self.engine) as session:
            return {
                table.name: session.execute(table.select()).all().__len__() for table in TranscriptBase.metadata.sorted_tables
                if table.name in {"review", "conversation_label", "assignment", "sample_turn", "correction", "quote"}
            }  # fmt: skip


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_a_later_verdict_of_the_same_person_replaces_the_earlier(desk: Desk) -> None:
    """And leaves those of others alone."""
    turn, _ = desk.asked()

    first = desk.reviews.record(turn, ADA, "right")
    then = desk.reviews.record(turn, ADA, "tone", " too curt\x00 ")
    desk.reviews.record(turn, BEA, "right")

    assert (first, then) == (None, "right")
    given = {review.reviewer: (review.verdict, review.note) for review in desk.reviews.of_turns([turn])[turn]}
    assert given == {ADA: ("tone", "too curt"), BEA: ("right", "")}
    assert desk.reviews.count_since(ADA, NOON) == 1
    assert desk.reviews.reviewers() == [ADA, BEA]


def test_others_verdicts_are_visible_only_after_ones_own(desk: Desk) -> None:
    """So that nobody is influenced."""
    turn, _ = desk.asked()
    desk.reviews.record(turn, ADA, "right")

    before = desk.reviews.visible_to(BEA, [turn])
    desk.reviews.record(turn, BEA, "tone")

    assert before == {turn: []}
    assert {review.reviewer for review in desk.reviews.visible_to(BEA, [turn])[turn]} == {ADA, BEA}


@pytest.mark.parametrize("turn", [0, -1, 999, 2**40])
def test_a_verdict_on_an_unknown_turn_is_refused(desk: Desk, turn: int) -> None:
    """It may have been deleted a moment ago."""
    with pytest.raises(UnknownTurnError):
        desk.reviews.record(turn, ADA, "right")


def test_an_unknown_verdict_is_refused(desk: Desk) -> None:
    """There are six."""
    turn, _ = desk.asked()

    with pytest.raises(InvalidInputError, match="no verdict"):
        desk.reviews.record(turn, ADA, "excellent")


def test_labels_are_normalised_and_suggested_by_use(desk: Desk) -> None:
    """Lower case, single spaces, each once; the most used come first, only those of one's own companies."""
    _, one = desk.asked()
    _, other = desk.asked()
    _, globex = desk.asked(company="globex")

    put = desk.reviews.label(one, " Cookies,  Legal   Team ,cookies,, ")
    desk.reviews.label(other, "cookies")
    desk.reviews.label(globex, "secret plan")

    assert put == desk.reviews.labels(one) == ("cookies", "legal team")
    assert desk.reviews.known_labels(["acme"]) == ["cookies", "legal team"]
    assert desk.reviews.known_labels()[0] == "cookies"
    assert labels_in("x" * 500 + ",\x00\x07") == ("x" * 40,)


def test_a_conversation_is_assigned_and_handed_on(desk: Desk) -> None:
    """One person at a time, or nobody."""
    _, conversation = desk.asked()

    seen = [desk.reviews.assignee(conversation)]
    for who in (ADA, BEA, None):
        desk.reviews.assign(conversation, who)
        seen.append(desk.reviews.assignee(conversation))

    assert seen == [None, ADA, BEA, None]


def test_the_same_seed_chooses_the_same_turns(desk: Desk) -> None:
    """So that a sample can be repeated; and its name is unique."""
    for place in range(30):
        desk.asked(company="globex" if place % 3 == 0 else "acme")

    chosen = []
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        sample = desk.samples.make(name, size=10, seed=seed, by=ADA, company="acme")
        with desk.engine.connect() as connection:
            query = text("SELECT turn_id FROM sample_turn WHERE sample_id = :id ORDER BY turn_id")
            chosen.append(connection.execute(query, {"id": sample}).scalars().all())

    assert chosen[0] == chosen[1] != chosen[2]
    assert [sample.size for sample in desk.samples.all()] == [10, 10, 10]
    with pytest.raises(SampleTakenError):
        desk.samples.make(" one ", size=1, seed=1, by=ADA)


def test_verdicts_of_a_sample_are_those_on_its_turns(desk: Desk) -> None:
    """By reviewer, turn and verdict."""
    turns = [desk.asked()[0] for _ in range(3)]
    sample = desk.samples.make("s", size=2, seed=1, by=ADA)
    for turn in turns:
        desk.reviews.record(turn, ADA, "right")

    verdicts = desk.samples.verdicts(sample)

    assert (list(verdicts), len(verdicts[ADA])) == ([ADA], 2)


def test_cohens_kappa_is_that_of_a_hand_computed_table() -> None:
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, by chance 0.5, so kappa is 0.4."""
    pairs = [("right", "right")] * 20 + [("right", "tone")] * 5 + [("tone", "right")] * 10 + [("tone", "tone")] * 15

    found = agreement(pairs)

    assert (found.n, found.agreed, found.percent, found.kappa) == (50, 35, 70.0, 0.4)


def test_cohens_kappa_of_three_verdicts() -> None:
    """Observed 3 of 5; by chance (2·2 + 2·2 + 1·1) / 25 = 9/25; kappa = (15 - 9) / (25 - 9) = 0.375."""
    pairs = [("right", "right"), ("tone", "tone"), ("right", "tone"), ("tone", "right"), ("wrong_intent", "wrong_intent")]

    assert agreement(pairs).kappa == 0.375


@pytest.mark.parametrize(("pairs", "percent"), [([], None), ([("right", "right")] * 3, 100.0)])
def test_kappa_is_not_defined_where_chance_explains_everything(pairs: list[tuple[str, str]], percent: float | None) -> None:
    """No turns, or one verdict for all."""
    found = agreement(pairs)

    assert (found.kappa, found.percent) == (None, percent)


def test_turns_on_which_reviewers_differ_are_listed() -> None:
    """Only those that both judged; reviewers without a turn in common are no pair."""
    verdicts = {1: {10: "right", 11: "right", 12: "tone"}, 2: {10: "right", 11: "tone", 13: "tone"}, 3: {99: "right"}}

    (pair,) = pairs_of(verdicts)

    assert (pair.one, pair.other, pair.disagreed, pair.agreement.n) == (1, 2, (11,), 2)


def test_a_correction_is_proposed_accepted_and_exported(desk: Desk) -> None:
    """It says who did what; a second decision is refused."""
    turn, conversation = desk.asked()
    (number,) = desk.corrections.propose(turn, ADA, [Proposal("answer", " Do you\nsell it? ", "2026-01-15", ((10, 20),))])

    accepted = desk.corrections.decide(number, BEA, accept=True, question="Is it sold?")
    with pytest.raises(ConflictError):
        desk.corrections.decide(number, ADA, accept=False)
    desk.corrections.mark_exported([number])

    found = desk.corrections.get(number)
    assert (accepted.state, found.state, found.proposal.question) == ("accepted", "exported", "Is it sold?")
    assert (found.proposed_by, found.decided_by, found.conversation) == (ADA, BEA, conversation)
    assert found.proposal.spans == ((10, 20),)
    assert desk.corrections.counts(["acme"])["exported"] == 1
    assert desk.corrections.listed("exported", ["globex"]) == []


@pytest.mark.parametrize(
    ("proposal", "cure"),
    [
        (Proposal("silence", "is <email_1> kept?"), "<email_1>"),
        (Proposal("silence", "is ada@example.com kept?"), "e-mail address"),
        (Proposal("silence", "  "), "empty"),
        (Proposal("silence", "a" * 301), "300"),
        (Proposal("silence", "is [this](company) fine"), "brackets"),
        (Proposal("answer", "is it sold", "2026-01-15"), "Tick"),
        (Proposal("teach", "is it sold"), "aspect or intent"),
    ],
)
def test_a_correction_that_cannot_be_exported_is_refused_with_its_cure(desk: Desk, proposal: Proposal, cure: str) -> None:
    """No personal data leaves the console, and nothing of a refused proposal is stored."""
    turn, _ = desk.asked()

    with pytest.raises(BadCorrectionError) as refused:
        desk.corrections.propose(turn, ADA, [Proposal("silence", "fine"), proposal])

    assert cure in refused.value.public
    assert desk.corrections.of_turn(turn) == []


def test_tokens_become_neutral_words() -> None:
    """What remains is a question that anybody could ask."""
    assert neutral("do you share <email_12>  with <phone_1>?") == "do you share my e-mail address with my phone number?"
    assert faults_in(neutral("<card_1> <account_2>")) == ()


def test_a_correction_that_does_not_exist_is_unknown(desk: Desk) -> None:
    """Also if its id is too large for the database."""
    for number in (1, -1, 2**40):
        with pytest.raises(UnknownCorrectionError):
            desk.corrections.get(number)


def test_nothing_of_a_review_outlives_its_conversation(desk: Desk) -> None:
    """Verdict, note, label, assignee, membership of a sample, correction, and quotes."""
    turn, conversation = desk.asked(quotes=((1, 5), (7, 9)))
    desk.samples.make("s", size=1, seed=1, by=ADA)
    desk.reviews.record(turn, ADA, "tone", "sentinelword")
    desk.reviews.label(conversation, "cookies")
    desk.reviews.assign(conversation, BEA)
    desk.corrections.propose(turn, ADA, [Proposal("silence", "is it sold")])
    before = desk.rows()

    desk.transcripts.forget(conversation)

    assert before == {"review": 1, "conversation_label": 1, "assignment": 1, "sample_turn": 1, "correction": 1, "quote": 2}
    assert set(desk.rows().values()) == {0}


def test_unanswered_questions_are_counted_by_company_and_aspect(desk: Desk) -> None:
    """The most asked first, with conversations, the count of the time before, and visitors' verdicts."""
    desk.now = NOON - timedelta(days=40)
    desk.asked(kind="not_in_policy", aspect="selling.sold")
    desk.now = NOON - timedelta(days=10)
    _, conversation = desk.asked("Is it sold?", "not_in_policy", "selling.sold", helpful=False)
    desk.asked("is it sold", "not_in_policy", "selling.sold", conversation=conversation, helpful=True)
    desk.asked("what of  drones", "not_in_policy", None)
    desk.asked(kind="unsure", aspect="selling.sold")
    desk.asked(kind="not_in_policy", aspect="x", company="globex")
    desk.now = NOON

    since = NOON - timedelta(days=30)
    found = desk.silences.unanswered("not_in_policy", since, NOON, ["acme"])

    assert [(one.aspect, one.asked, one.conversations, one.before) for one in found] == [("selling.sold", 2, 1, 1), ("", 1, 1, 0)]
    assert found[0].last_at == NOON - timedelta(days=10)
    assert [(one.helpful, one.not_helpful) for one in found] == [(1, 1), (0, 0)]
    examples = desk.silences.examples("not_in_policy", since, NOON, [("acme", "selling.sold"), ("acme", "")])
    assert {about: [one.text for one in few] for about, few in examples.items()} == {
        ("acme", "selling.sold"): ["is it sold"],
        ("acme", ""): ["what of  drones"],
    }
    assert len(desk.silences.unanswered("unsure", since, NOON, ["acme", "globex"])) == 1


def test_a_deleted_conversation_is_in_no_report(desk: Desk) -> None:
    """It is not counted, gives no example, and its quotes are not counted any more."""
    desk.now = NOON - timedelta(days=40)
    _, earlier = desk.asked(kind="not_in_policy", aspect="selling.sold")
    desk.now = NOON - timedelta(days=1)
    _, conversation = desk.asked("is it sold", "not_in_policy", "selling.sold", quotes=((1, 5),), helpful=False)
    turn, _ = desk.asked("sold, is it", "not_in_policy", "selling.sold", quotes=((1, 5),))
    places = desk.silences.quoted("acme", ["2026-01-15"])
    span = (NOON - timedelta(days=30), NOON)

    desk.transcripts.forget(earlier)
    desk.transcripts.forget(conversation)

    (found,) = desk.silences.unanswered("not_in_policy", *span, ["acme"])
    (examples,) = desk.silences.examples("not_in_policy", *span, [("acme", "selling.sold")]).values()
    assert (found.asked, found.conversations, found.before, found.not_helpful) == (1, 1, 0, 0)
    assert [one.text for one in examples] == ["sold, is it"]
    assert [(one.given, one.last_turn) for one in desk.silences.passages(places)] == [(1, turn)]


def test_a_turn_has_the_last_verdict_on_its_answer(desk: Desk) -> None:
    """An answer called not helpful, and then helpful, is not in the queue of unhelpful ones."""
    first, conversation = desk.asked(kind="unsure", helpful=False)
    second, _ = desk.asked(kind="unsure", conversation=conversation, helpful=False)
    queue, wanted = ReviewQueue(desk.engine), QueueFilter(not_helpful=True)
    before = queue.next_to_judge(wanted, ADA, None)

    desk.transcripts.feedback(conversation, "a_m-1", helpful=True)

    assert (before, queue.next_to_judge(wanted, ADA, None)) == (second, first)
    assert queue.progress(wanted, ADA, None).left == 1


@pytest.mark.parametrize("narrowed", ["mine", "sample"])
def test_a_narrow_queue_goes_from_the_newest_to_the_oldest_as_well(desk: Desk, narrowed: str) -> None:
    """It is sorted, instead of walking through all turns."""
    turns = [desk.asked(company=company) for company in ("acme", "acme", "globex", "acme")]
    desk.asked()
    for _, conversation in turns:
        desk.reviews.assign(conversation, ADA)
    sample = desk.samples.make("all", size=5, seed=1, by=ADA)
    wanted = QueueFilter(company="acme", mine=narrowed == "mine", sample=sample if narrowed == "sample" else 0)
    first, second, _, fourth = (turn for turn, _ in turns)
    queue = ReviewQueue(desk.engine)
    desk.reviews.record(fourth, ADA, "right")

    assert queue.next_to_judge(wanted, ADA, None, after=fourth) == second
    assert queue.beside(wanted, ADA, None, second) == (fourth, first)


def test_the_progress_of_each_reviewer_in_each_sample(desk: Desk) -> None:
    """Counted for all samples at once; verdicts on other turns do not count."""
    turns = [desk.asked()[0] for _ in range(3)]
    whole = desk.samples.make("whole", size=3, seed=1, by=ADA)
    empty = desk.samples.make("none", size=3, seed=1, by=ADA, company="globex")
    later, _ = desk.asked()
    for turn in (*turns[:2], later):
        desk.reviews.record(turn, ADA, "right")
    desk.reviews.record(turns[0], BEA, "tone")

    assert desk.samples.judged([whole, empty]) == {whole: {ADA: 2, BEA: 1}, empty: {}}


def test_old_verdicts_of_visitors_are_copied_to_their_turns(desk: Desk) -> None:
    """The migration reads them from the feedback, and can be reverted."""
    yes, _ = desk.asked(helpful=True)
    no, _ = desk.asked(helpful=False)
    unsaid, _ = desk.asked()
    (path,) = (ROOT / "candor" / "migrations" / "versions").glob("*_quick_reports.py")
    migration: Any = runpy.run_path(str(path))

    with desk.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("DROP INDEX ix_turn_not_helpful_at"))  # of a later revision, which is reverted before it
        migration["downgrade"]()
        migration["upgrade"]()

    assert [desk.reviews.turn(turn).helpful for turn in (yes, no, unsaid)] == [True, False, None]


def test_a_decision_about_an_unanswered_aspect_is_stored(desk: Desk) -> None:
    """A later decision replaces the earlier one, and an empty one removes it."""
    desk.silences.decide("acme", "", "told", "asked Kim", ADA)
    desk.silences.decide("acme", "", "to_add", "in May", BEA)

    kept = desk.silences.decisions(["acme"])[("acme", "")]
    desk.silences.decide("acme", "", "", "", ADA)

    assert (kept.decision, kept.note, kept.by) == ("to_add", "in May", BEA)
    assert desk.silences.decisions(["acme"]) == {}


def test_quotes_are_counted_by_their_position(desk: Desk) -> None:
    """However many answers have them; the newest turn is named."""
    desk.asked(quotes=((1, 5), (7, 9)))
    turn, conversation = desk.asked(quotes=((7, 9),))
    desk.asked(quotes=((7, 9),), company="globex")

    places = desk.silences.quoted("acme", ["2026-01-15"])
    found = desk.silences.passages(places)

    assert [(place.start, place.end) for place in places] == [(1, 5), (7, 9)]
    assert desk.silences.passages([]) == []
    assert [(one.start, one.given, one.last_turn) for one in found] == [(7, 2, turn), (1, 1, turn - 1)]
    assert desk.silences.conversations_of([turn]) == {turn: (conversation, NOON)}
    assert desk.silences.quoted("acme", ["2025-01-01"]) == []


def test_every_passage_is_found_also_where_several_start_at_one_position(desk: Desk) -> None:
    """In each of the given versions, and only of the given company."""
    desk.asked(quotes=((3, 9), (3, 5), (0, 2)))
    desk.asked(quotes=((3, 7), (3, 5), (8, 9)))
    desk.asked(quotes=((1, 2),), company="globex")

    found = desk.silences.quoted("acme", ["2026-01-15", "2025-01-01"])

    assert [(one.start, one.end) for one in found] == [(0, 2), (3, 5), (3, 7), (3, 9), (8, 9)]


def test_turns_from_before_the_migration_are_counted_as_well(desk: Desk) -> None:
    """The migration reads kind, aspect, answer and quotes from their replies."""
    turn, _ = desk.asked(kind="unsure", aspect="selling.sold", quotes=((1, 5),), helpful=True)
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE turn SET kind = NULL, aspect = NULL, answer_id = NULL"))
        connection.execute(text("DELETE FROM quote"))

    (path,) = (ROOT / "candor" / "migrations" / "versions").glob("*_review.py")
    migration: Any = runpy.run_path(str(path))
    with desk.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration["_read_old_turns"]()

    row = desk.reviews.turn(turn)
    assert (row.kind, row.aspect, row.answer_id) == ("unsure", "selling.sold", "a_m-0")
    assert [(one.start, one.end) for one in desk.silences.quoted("acme", ["2026-01-15"])] == [(1, 5)]

"""The figures as tables. The chart and the CSV are both made from the table, so they cannot differ. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from candor.console.pages import words
from candor.console.reports.sheets import Column, Drawn, ReportTable, Row
from candor.transcripts.counters import FAILED_KIND
from candor.transcripts.date_ranges import Bucket, DateRange
from candor.transcripts.figures import OUTCOMES, TurnCounts, TurnFigures
from candor.transcripts.reply_kinds import ReplyKind
from candor.transcripts.steps import QUESTION_KINDS, STEP

STEPS = "Steps: yes, codes, form answers"
TOP = 5  # intents and aspects with a line of their own


def outcome_name(kind: ReplyKind) -> str:  # noqa: C901, PLR0911  # one case a kind
    match kind:
        case "answer":
            return "Answer"
        case "unsure":
            return "Unsure"
        case "not_in_policy":
            return "Not in the policy"
        case "request":
            return "Request"
        case "out_of_scope":
            return "Out of scope"
        case "handoff":
            return "Person asked for"
        case "compare":
            return "Comparison"
        case "smalltalk":
            return "Small talk"
        case "human":
            return "A person answers"  # no outcome of a message: such a reply answers none
        case "error":
            return "Failed"
        case _:
            assert_never(kind)


OUTCOME_NAMES: dict[str, str] = {kind: outcome_name(kind) for kind in OUTCOMES}
STEP_NAMES = {"day": "Day", "week": "Week", "month": "Month"}


def sheets_of(
    found: TurnFigures, company_names: Mapping[str, str], channel_label: Callable[[str], str] = words
) -> list[ReportTable]:
    """All tables about conversations. channel_label: a channel's name as people read it."""
    return [
        _over_time(
            found, "messages", "Conversations and messages", "How many conversations began, and how many messages were sent.",
            "lines", [Column("Conversations", plotted=True), Column("Messages", plotted=True)],
            lambda counts: (counts.conversations, counts.messages),
        ),
        _shares(found),
        _outcomes(found),
        _over_time(
            found, "helpfulness", "Helpfulness", "What visitors said of the answers that they rated.", "stack",
            [Column("Helpful", plotted=True), Column("Not helpful", plotted=True), Column("Rated"), Column("Helpful", "%")],
            lambda counts: (
                counts.helpful, counts.rated - counts.helpful, counts.rated, percent(counts.helpful, counts.rated)
            ),
        ),
        _over_time(
            found, "times", "Response times", "From a message's arrival to the whole reply: half were faster than the median, "
            "95 in 100 faster than the upper line.", "lines",
            [Column("Median", "ms", plotted=True), Column("95 in 100 within", "ms", plotted=True), Column("Answered messages")],
            lambda counts: (_whole(counts.quantile(0.5)), _whole(counts.quantile(0.95)), counts.answered),
        ),
        _topics(found, "intents", "intent", "Intents", "What Candor understood the messages to be."),
        _topics(found, "aspects", "aspect", "Aspects", "Which aspect of the policy the questions were about."),
        _places(found, company_names, channel_label),
    ]  # fmt: skip


def counted_sheet(name: str, title: str, about: str, column: str, span: DateRange, counts: Sequence[int]) -> ReportTable:
    """How often something happened in each bucket of a date range."""
    rows = [_row(span, bucket, (n,)) for bucket, n in zip(span.buckets(), counts, strict=True)]
    total = Row(("All", ""), "All", (sum(counts),))
    return ReportTable(
        name, title, about, "stack", ("From", "To"), STEP_NAMES[span.step], (Column(column, plotted=True),), tuple(rows), total
    )


def percent(part: int, whole: int) -> float | None:
    """Rounded to a tenth; None where the whole is 0."""
    return round(100 * part / whole, 1) if whole else None


def label_of(span: DateRange, bucket: Bucket) -> str:
    """A bucket in words, marked where the date range holds only a part of it."""
    year = f" {bucket.first.year}" if span.first.year != span.last.year else ""
    if span.step == "day":
        label = f"{bucket.first.day} {bucket.first:%b}{year}"
    elif span.step == "week":
        from_month = f" {bucket.first:%b}" if bucket.first.month != bucket.last.month else ""
        label = f"{bucket.first.day}{from_month}–{bucket.last.day} {bucket.last:%b}{year}"
    else:
        label = f"{bucket.first:%b} {bucket.first.year}"
    return label if bucket.whole else f"{label} (part)"


def _row(span: DateRange, bucket: Bucket, cells: tuple[float | None, ...]) -> Row:
    return Row((bucket.first.isoformat(), bucket.last.isoformat()), label_of(span, bucket), cells)


def _over_time(
    found: TurnFigures, name: str, title: str, about: str, drawn: Drawn, columns: Sequence[Column],
    cells: Callable[[TurnCounts], tuple[float | None, ...]],
) -> ReportTable:  # fmt: skip
    span = found.date_range
    rows = [_row(span, bucket, cells(counts)) for bucket, counts in zip(span.buckets(), found.steps, strict=True)]
    total = Row(("All", ""), "All", cells(found.total))
    return ReportTable(name, title, about, drawn, ("From", "To"), STEP_NAMES[span.step], tuple(columns), tuple(rows), total)


def _shares(found: TurnFigures) -> ReportTable:
    now, before = found.total, found.before
    rows = []
    for kind in OUTCOMES:
        asked = kind in QUESTION_KINDS
        share = percent(now.kind(kind), now.questions) if asked else None
        then = percent(before.kind(kind), before.questions) if asked else None
        change = round(share - then, 1) if share is not None and then is not None else None
        rows.append(Row((OUTCOME_NAMES[kind],), OUTCOME_NAMES[kind], (now.kind(kind), share, then, change)))
    rows.append(Row((STEPS,), STEPS, (now.kind(STEP), None, None, None)))
    columns = (
        Column("Messages"),
        Column("Share", "%", plotted=True),
        Column("Before", "%", plotted=True),
        Column("Change", "points"),
    )
    about = "What came back. Shares are of questions, beside the time before; what asks no question has none."
    return ReportTable("shares", "What came back", about, "bars", ("Outcome",), "Outcome", columns, tuple(rows))


def _outcomes(found: TurnFigures) -> ReportTable:
    def cells(counts: TurnCounts) -> tuple[float | None, ...]:
        return (*(counts.kind(kind) for kind in OUTCOMES), counts.kind(STEP))

    columns = [*(Column(OUTCOME_NAMES[kind], plotted=True) for kind in OUTCOMES), Column(STEPS, plotted=True)]
    about = "The same over time, as numbers of messages."
    return _over_time(found, "outcomes", "What came back, over time", about, "stack", columns, cells)


def _topics(found: TurnFigures, name: str, what: str, title: str, about: str) -> ReportTable:
    top = [each for each, _ in sorted(found.total.under(what).items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]]

    def cells(counts: TurnCounts) -> tuple[float | None, ...]:
        by_name = counts.under(what)
        return (*(by_name.get(each, 0) for each in top), sum(by_name.values()) - sum(by_name.get(each, 0) for each in top))

    columns = [*(Column(_named(each), plotted=True) for each in top), Column("All others", plotted=True)]
    return _over_time(found, name, title, about, "lines", columns, cells)


def _places(found: TurnFigures, company_names: Mapping[str, str], channel_label: Callable[[str], str]) -> ReportTable:
    rows = []
    for (company, channel), counts in sorted(found.places.items(), key=lambda pair: (-pair[1].messages, pair[0])):
        label = f"{company_names.get(company, company)}, {channel_label(channel)}"
        shares = (percent(counts.kind(kind), counts.questions) for kind in ("answer", "not_in_policy", "unsure"))
        failed = percent(counts.kind(FAILED_KIND), counts.messages)
        cells = (counts.messages, counts.questions, counts.conversations, *shares, failed, counts.helpful, counts.rated)
        rows.append(Row((company, channel), label, cells))
    titles = ("Answer", "Not in the policy", "Unsure", "Failed")
    columns = (
        Column("Messages", plotted=True), Column("Questions"), Column("Conversations"), *(Column(title, "%") for title in titles),
        Column("Called helpful"), Column("Rated"),
    )  # fmt: skip
    about = "Where the messages came from: each company and channel. Shares are of questions; those that failed, of messages."
    return ReportTable(
        "places", "Companies and channels", about, "bars", ("Company", "Channel"), "Company, channel", columns, tuple(rows)
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _named(name: str) -> str:
    title = words(name).strip() or "(no name)"
    return title[0].upper() + title[1:]

"""Passages: verbatim, one sentence or item each, and never without what gives them their meaning."""

from __future__ import annotations

import pytest

from knowledge.documents import PolicyDocument
from knowledge.passages import LONGEST_LIST, SHORTEST, Passage, passages_of, sentences
from knowledge.structure import Span, read_structure

ACCOUNT_OWNER = (
    "When registering and using a CleverBox:CRM account, we may collect and process the following information "
    "relating to the account owner:"
)
CERTIFIED = (
    "CleverTap has certified to the U.S. Department of State that it adheres to the EU-U.S. Data Privacy Framework Policy "
    "Principles intended as a transfer mechanism to provide an adequate level of protection when exporting personal data "
    "to the United States."
)
WIZROCKET = (
    "WizRocket Inc. (a Delaware corporation) and its affiliates doing business as CleverTap (“CleverTap,” “we,” “us,” or “our”)."
)
LEVER = (
    "The portion of the Site for job candidates is managed by Lever, an Employ Inc. brand, "
    "acting as a service provider to CleverTap."
)
POST = "Postal mail or courier: WizRocket Inc., Attention: Angel Indzhov, 607 W Dana St. Suite A Mountain View, CA 94041"


def passages_in(document: PolicyDocument) -> list[Passage]:
    return passages_of(document.text, document.structure, company=document.company, version=document.version)


def passages_of_text(text: str) -> list[Passage]:
    return passages_of(text, read_structure(text), company="acme", version="undated")


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


def the_passage(document: PolicyDocument, start: str, kind: str | None = None) -> Passage:
    """The one passage that begins like this."""
    (matches,) = [one for one in passages_in(document) if one.text.startswith(start) and kind in (None, one.kind)]
    return matches


def test_a_passage_is_the_stored_text_verbatim(each: PolicyDocument) -> None:
    """A quote is text[start:end], always; company and version say of which text."""
    passages = passages_in(each)

    assert passages
    assert all(one.text == each.text[one.start : one.end] for one in passages)
    assert all(one.text == one.text.strip() for one in passages)
    assert {(one.company, one.version) for one in passages} == {(each.company, each.version)}


def test_a_lead_in_is_verbatim_too(each: PolicyDocument) -> None:
    """What is shown above an item occurs in the policy, before the item."""
    led_in = [one for one in passages_in(each) if one.lead_in]

    assert led_in
    assert all(one.lead_in in each.text[: one.start] for one in led_in)


def test_every_word_of_a_policy_can_be_quoted(each: PolicyDocument) -> None:
    """Except headings, title, navigation, marks and what only introduces, each character is in a passage or in a lead-in."""
    reachable = bytearray(len(each.text))
    for one in passages_in(each):
        reachable[one.start : one.end] = b"\x01" * (one.end - one.start)
        if one.lead_in:
            at = each.text.rindex(one.lead_in, 0, one.start)
            reachable[at : at + len(one.lead_in)] = b"\x01" * len(one.lead_in)

    missed = [
        block.span.of(each.text)
        for block in each.structure.blocks
        if block.kind == "paragraph"
        and not block.span.of(each.text).endswith(":")
        and any(not reachable[index] and each.text[index].strip() for index in range(block.span.start, block.span.end))
    ]
    missed += [
        item.of(each.text)
        for block in each.structure.blocks
        for item in block.items
        if not all(reachable[item.start : item.start + 1])
    ]

    assert missed == []


def test_what_the_encoder_reads_has_no_invisible_characters() -> None:
    """One of them inside a word would make it another word; the quote keeps it, because it is in the policy."""
    (one,) = passages_of_text("1. Sa\u200ble\n\nWe never sell per\u00adsonal\u202e data.")

    assert one.text == "We never sell per\u00adsonal\u202e data."
    assert one.readings == ("Sale. We never sell personal data.", *["We never sell personal data."] * 2)


def test_a_policy_of_100_pages_is_split(real: dict[str, PolicyDocument]) -> None:
    """The whole text at once."""
    policy = real["clevra"].text[60:]
    text = "\n\n".join(f"{part}. Part of the Policy\n\n{policy.replace('data', f'data {part}')}" for part in range(100))

    passages = passages_of_text(text)

    assert len(text) > 270_000
    assert len(passages) > 2_400
    assert all(one.text == text[one.start : one.end] for one in passages)


def test_navigation_and_title_are_no_evidence(real: dict[str, PolicyDocument]) -> None:
    """A table of contents, footer links and the title say nothing that could answer a question."""
    texts = {one.text for document in real.values() for one in passages_in(document)}

    assert not texts & {"Use cases.", "Summary of Changes.", "Cookie Policy", "Terms of Use", "Privacy Policy", "Legal Document"}
    assert not any(text.startswith("•") for text in texts)


@pytest.mark.parametrize(
    ("company", "start", "lead_in", "context"),
    [
        (
            "cleverbox", "How long such data is retained", "CleverBox:CRM does not determine:",
            "Customer Data Processed Through CleverBox:CRM. CleverBox:CRM does not determine:",
        ),
        (
            "clevra", "When required by law", "Information may only be shared in the following cases:",
            "Data Sharing. Information may only be shared in the following cases:",
        ),
        (
            "cleverom", "For marketing, sales", "We use the collected information for the following purposes:",
            "How We Use Your Information. We use the collected information for the following purposes:",
        ),
        (
            "clevio", "commercial information", "Such personal information includes:",
            "Use cases. Such personal information includes:",
        ),
        (
            "cleverbox", "Full name;",
            ACCOUNT_OWNER, f"Information We Collect. Account Owner Information. {ACCOUNT_OWNER}",
        ),
    ],
)  # fmt: skip
def test_an_item_keeps_its_headings_and_its_lead_in(
    real: dict[str, PolicyDocument], company: str, start: str, lead_in: str, context: str
) -> None:
    """ "How long such data is retained" means its opposite without "does not determine:"."""
    passage = the_passage(real[company], start, "item")

    assert (passage.lead_in, passage.context) == (lead_in, context)
    assert passage.readings == (f"{context} {passage.text}", f"{lead_in} {passage.text}", passage.text)


def test_the_section_names_all_headings_above(real: dict[str, PolicyDocument]) -> None:
    """A citation says where it stands, outermost first."""
    passage = the_passage(real["clevertap"], "Optionally, job candidates")

    assert passage.section == (
        "5. Personal Data We Collect, Sources of Personal Data, and Purposes of Use › "
        "5.5 Personal Data Collected from Job Candidates › 5.5.2"
    )
    assert passage.context == (
        "Personal Data We Collect, Sources of Personal Data, and Purposes of Use. Personal Data Collected from Job Candidates."
    )


def test_sentences_before_a_lead_in_are_passages_of_their_own(real: dict[str, PolicyDocument]) -> None:
    """ "Clevra does not sell, …" stands in the paragraph that leads into the list, and can be quoted alone."""
    passage = the_passage(real["clevra"], "Clevra does not sell")

    assert passage.kind == "sentence"
    assert passage.text == "Clevra does not sell, rent, or trade personal data."
    assert the_passage(real["clevra"], "Information may only be shared").kind == "list"


@pytest.mark.parametrize(
    ("company", "sentence"),
    [
        ("clevertap", CERTIFIED),
        ("clevertap", "See CleverTap’s EU-U.S. Data Privacy Framework Policy for details."),
        ("clevertap", POST),
        ("clevertap", WIZROCKET),
        ("clevertap", LEVER),
        ("cleverom", "Account details (e.g., username, password)"),
    ],
)
def test_an_abbreviation_ends_no_sentence(real: dict[str, PolicyDocument], company: str, sentence: str) -> None:
    """The sentence continues after "EU-U.S.", "St.", "Inc." and "e.g."."""
    assert sentence in [one.text for one in passages_in(real[company])]


def test_a_missing_space_after_a_full_stop_ends_the_sentence(real: dict[str, PolicyDocument]) -> None:
    """ "employment history.Also, if you use" is a typing error of the source, but still two sentences."""
    before, after = (
        the_passage(real["clevertap"], start) for start in ("We may also collect from job", "Also, if you use a web form")
    )

    assert before.text.endswith("employment, and employment history.")
    assert before.end == after.start


def test_an_unclosed_bracket_does_not_join_sentences(real: dict[str, PolicyDocument]) -> None:
    """ "issues ( We would" lost its link and its bracket; the sentences after it are separate."""
    texts = [one.text for one in passages_in(real["clevertap"]) if one.section == "13. Right to Complain"]

    assert len(texts) == 3
    assert texts[1] == "So please contact us first before lodging a complaint."


def test_a_full_stop_within_brackets_ends_no_sentence() -> None:
    """A sentence continues until its bracket is closed."""
    text = "We share data (with our host. It is in Finland) for backups. We sell nothing."

    assert split(text) == ["We share data (with our host. It is in Finland) for backups.", "We sell nothing."]


@pytest.mark.parametrize("law", ["Art. 22 GDPR", "Sec. 1798.100", "No. 45/2001", "para. 3"])
def test_the_number_of_an_article_starts_no_sentence(law: str) -> None:
    """ "22 GDPR do not take place." would be quoted as if it were one."""
    text = f"Decisions in the sense of {law} do not take place. A person decides."

    assert [span.of(text) for span in sentences(text, Span(0, len(text)))] == [text[:-18], "A person decides."]


@pytest.mark.parametrize("text", ["", " ", "no full stop", "..."])
def test_there_is_at_least_one_sentence(text: str) -> None:
    """Whatever the span holds, the result is not empty and lies within the span."""
    matches = sentences(text, Span(0, len(text)))

    assert len(matches) == 1
    assert 0 <= matches[0].start <= matches[0].end <= len(text)


def test_sentences_keep_their_place_in_a_longer_text() -> None:
    """Offsets count from the start of the document, not of the span."""
    text = "Before. We keep logs. We sell nothing. After."

    matches = sentences(text, Span(8, 38))

    assert [span.of(text) for span in matches] == ["We keep logs.", "We sell nothing."]


def test_a_run_in_label_stays_with_its_first_sentence(real: dict[str, PolicyDocument]) -> None:
    """ "Log data." means nothing alone, and the sentence after it too little without it."""
    first = the_passage(real["clevio"], "Log data. ")
    second = the_passage(real["clevio"], "The log data includes")

    assert first.text.startswith("Log data. When you use Clevio, our servers")
    assert not first.context.endswith("Log data.")
    assert "Log data. Here are some of the types of information we collect:" in second.context


def test_what_follows_a_colon_label_keeps_it_as_context(real: dict[str, PolicyDocument]) -> None:
    """ "Only a select group of employees …" is about access control."""
    passage = the_passage(real["cleverom"], "Only a select group")

    assert passage.context == "Data Security. Access Control. Here’s how we safeguard your data:"


def test_a_short_first_sentence_is_a_passage_of_its_own() -> None:
    """ "We sell nothing." is no label of what follows: each sentence can be quoted alone."""
    passages = passages_of_text("1. Sale\nWe sell nothing. We rent nothing either.\n")

    assert [(one.text, one.context) for one in passages] == [("We sell nothing.", "Sale."), ("We rent nothing either.", "Sale.")]


def test_a_company_name_with_a_colon_is_no_label() -> None:
    """ "CleverBox:CRM keeps …" starts with a name, and not with a label "CleverBox"."""
    first, second = passages_of_text(
        "1. Retention\nCleverBox:CRM keeps invoices for ten years. CleverBox:CRM deletes the rest.\n"
    )

    assert (first.context, second.context) == ("Retention.", "Retention.")


def test_an_abbreviated_name_is_no_label(real: dict[str, PolicyDocument]) -> None:
    """Neither "WizRocket Inc." nor "certified to the U.S." becomes the context of the next sentence."""
    contexts = [
        the_passage(real["clevertap"], start).context for start in ("CleverTap provides customers (“", "See CleverTap’s EU-U.S.")
    ]

    assert contexts == [
        "Introduction and Purpose of this Privacy Policy.",
        "Cross-Border Transfers of Personal Data. EU-U.S. Data Privacy Framework Compliance.",
    ]


def a_list(characters: int) -> str:
    """A section with a list whose passage, lead-in included, has this many characters."""
    lead_in, item = "We keep:", "x" * 59
    items = "".join(f"\n- {item}{number}" for number in range(8))
    taken = len(lead_in) + len(items)
    return f"1. Retention\n{lead_in}{items}\n- " + "y" * (characters - taken - 3) + "\n2. Sale\nWe sell nothing.\n"


@pytest.mark.parametrize(("characters", "whole"), [(LONGEST_LIST, 1), (LONGEST_LIST + 1, 0)])
def test_a_whole_list_is_a_passage_only_up_to_its_limit(characters: int, whole: int) -> None:
    """A longer list would bury the item that answers; its items can be quoted either way."""
    passages = passages_of_text(a_list(characters))

    lists = [len(one.text) for one in passages if one.kind == "list"]

    assert lists == [characters] * whole
    assert sum(one.kind == "item" for one in passages) == 9


def test_a_whole_list_begins_with_the_sentence_that_leads_in(real: dict[str, PolicyDocument]) -> None:
    """From lead-in to last item, verbatim, with no lead-in beside it; earlier sentences are not repeated."""
    passage = the_passage(real["clevio"], "With its help, we can:", "list")

    assert passage.text == "With its help, we can:\n\nDetect when you use Clevio.\n\nAnswer your questions or comments."
    assert passage.lead_in == ""


def test_a_list_of_one_item_is_quoted_as_that_item(real: dict[str, PolicyDocument]) -> None:
    """The list would be the same evidence again."""
    passages = [one for one in passages_in(real["clevertap"]) if one.section == "2."]

    assert [(one.kind, one.lead_in[:17]) for one in passages] == [("item", "Please direct all")]


def test_a_short_item_is_kept_and_a_single_short_word_is_not() -> None:
    """ "Name" answers what is collected; an "n/a." on its own is no evidence."""
    passages = passages_of_text("1. Data\nWe collect:\n- Name;\n- Age.\nn/a.\n2. Sale\nWe sell nothing at all.\n")

    assert [one.text for one in passages if one.kind == "item"] == ["Name;", "Age."]
    assert "n/a." not in [one.text for one in passages]
    assert all(len(one.text) >= SHORTEST for one in passages if one.kind != "item")


def test_passages_come_in_reading_order(each: PolicyDocument) -> None:
    """So do the rows of the index."""
    starts = [one.start for one in passages_in(each) if one.kind != "list"]

    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "line",
    ["What do we collect?", "Personal Data", "Privacy Portal", "•", "\N{EYE}\ufe0f", "To use these rights, please write to:",
     "https://acme.example/privacy"],
)  # fmt: skip
def test_what_says_nothing_on_its_own_is_no_evidence(line: str) -> None:
    """A question, a name, a sign, an introduction or a link alone answers nothing."""
    passages = passages_of_text(f"1. Use\n\nWe use it once only.\n\n2. Rest\n\nWe keep nothing of it.\n\nReally nothing. {line}")

    assert line not in {one.text for one in passages}


def test_an_answer_keeps_the_question_before_it() -> None:
    """The question is read with it, and not quoted."""
    (one,) = passages_of_text("1. Questions\n\nDo you sell what I tell you? We do not, and never will.")

    assert one.text == "We do not, and never will."
    assert "Do you sell what I tell you?" in one.context


@pytest.mark.parametrize(
    "sentence",
    [
        "We keep health data (diagnoses, letters, etc.) in a safe.",
        "Read the section called Who Are We? above before you write to us.",
        "Account data (names, addresses, etc.): kept for one year after you leave.",
    ],
)
def test_a_sentence_that_goes_on_is_not_cut(sentence: str) -> None:
    """Half a sentence may say the opposite."""
    assert [one.text for one in passages_of_text(f"1. Use\n\n{sentence} We sell nothing of it.")] == [
        sentence,
        "We sell nothing of it.",
    ]


def test_what_a_section_says_twice_is_one_passage() -> None:
    """Some pages hold their text once for phones and once for larger screens."""
    text = "1. Use\n\nWe use it once only.\n\nWe use it once only.\n\n2. Sale\n\nWe use it once only.\n"

    assert [one.section for one in passages_of_text(text)] == ["1. Use", "2. Sale"]

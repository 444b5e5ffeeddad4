"""Structure: each trap that the five real policies set, and what must hold for any text."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.characters import INVISIBLE
from knowledge.documents import PolicyDocument
from knowledge.structure import Block, Section, Span, Structure, read_structure, run_in_label

MARKS = set("•-*–·▪◦‣●0123456789.)")  # what may stand in front of a text without being part of a span


def labels(structure: Structure) -> list[str]:
    return [section.label for section in structure.sections]


def section_of(document: PolicyDocument, label: str) -> Section:
    (matches,) = [section for section in document.structure.sections if section.label == label]
    return matches


def blocks_of(document: PolicyDocument, label: str) -> list[Block]:
    """The blocks that stand directly under the one section with this label."""
    number = document.structure.sections.index(section_of(document, label))
    return [block for block in document.structure.blocks if block.section == number]


def the_list(document: PolicyDocument, ending: str) -> list[str]:
    """The items of the one list whose lead-in ends like this."""
    text = document.text
    lists = [block for block in document.structure.blocks if block.lead_in and block.lead_in.of(text).endswith(ending)]
    (matches,) = lists
    return [item.of(text) for item in matches.items]


def block_with(document: PolicyDocument, words: str) -> Block:
    (matches,) = [block for block in document.structure.blocks if words in block.span.of(document.text)]
    return matches


def path_labels(document: PolicyDocument, block: Block) -> list[str]:
    return [section.label for section in document.structure.path(block.section)]


# Clevra


def test_the_page_label_above_the_title_does_not_become_the_title(real: dict[str, PolicyDocument]) -> None:
    """Of the lines at the top, the one that mentions privacy is the title; the others are set aside too."""
    document = real["clevra"]

    titles = [block.span.of(document.text) for block in document.structure.blocks if block.kind == "title"]

    assert document.structure.title == "Privacy Policy"
    assert titles == ["Legal Document", "Privacy Policy"]
    assert "Legal Document" not in labels(document.structure)


def test_an_unnumbered_heading_after_contact_opens_its_own_section(real: dict[str, PolicyDocument]) -> None:
    """ "Clevra Data Philosophy" has no number and must not be swallowed by "8. Contact"."""
    document = real["clevra"]

    philosophy = section_of(document, "Clevra Data Philosophy")
    (below,) = blocks_of(document, "Clevra Data Philosophy")
    contact = blocks_of(document, "8. Contact")

    assert (philosophy.level, philosophy.parent) == (1, None)
    assert below.span.of(document.text).startswith("Clevra operates as an AI-powered business system")
    assert [item.of(document.text) for block in contact for item in block.items] == [
        "Clevra Support",
        "Email: support@clevra.co.za",
    ]


@pytest.mark.parametrize(
    ("lead_in", "first", "count"),
    [
        ("we may collect:", "Basic technical data (IP address, device type, browser type)", 3),
        ("platform, including:", "Responding to enquiries and support requests", 5),
        ("This helps us:", "Improve conversion rates", 3),
        ("in the following cases:", "When required by law", 3),
        ("only for as long as necessary to:", "Deliver services", 3),
        ("protect your data, including:", "Secure database handling", 4),
        ("you may have the right to:", "Request access to your data", 5),
        ("or data handling:", "Clevra Support", 2),
    ],
)
def test_a_blank_line_does_not_separate_a_lead_in_from_its_bullets(
    real: dict[str, PolicyDocument], lead_in: str, first: str, count: int
) -> None:
    """Nearly every bullet of Clevra's is meaningless without the sentence before the blank line."""
    items = the_list(real["clevra"], lead_in)

    assert items[0] == first
    assert len(items) == count


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("You may disable cookies at any time", "3. Cookies & Analytics"),
        ("All partners are required to maintain", "4. Data Sharing"),
        ("However, no digital system is completely secure", "6. Security"),
    ],
)
def test_a_sentence_after_a_list_stays_in_the_section_but_not_in_the_list(
    real: dict[str, PolicyDocument], words: str, label: str
) -> None:
    """What limits a list comes after it, and is a paragraph of its own in the same section."""
    document = real["clevra"]

    block = block_with(document, words)

    assert block.kind == "paragraph"
    assert path_labels(document, block) == [label]


def test_clevra_has_its_eight_numbered_sections_and_the_last_one(real: dict[str, PolicyDocument]) -> None:
    """Every heading is found, and no bullet or paragraph is taken for one."""
    assert labels(real["clevra"].structure) == [
        "1. Information We Collect", "2. How We Use Your Information", "3. Cookies & Analytics", "4. Data Sharing",
        "5. Data Retention", "6. Security", "7. Your Rights", "8. Contact", "Clevra Data Philosophy",
    ]  # fmt: skip


# CleverBox


def test_headings_are_found_without_a_single_blank_line(real: dict[str, PolicyDocument]) -> None:
    """CleverBox has no blank line at all: "N. Title" and "N.N Title" are recognised by their appearance."""
    structure = real["cleverbox"].structure

    top = [section.label for section in structure.sections if section.level == 1]
    below = [
        (section.label, structure.sections[section.parent or 0].label) for section in structure.sections if section.level == 2
    ]

    assert "\n\n" not in real["cleverbox"].text
    assert [label.split(".")[0] for label in top] == [str(number) for number in range(1, 16)]
    assert below == [
        ("3.1 Account Owner Information", "3. Information We Collect"),
        ("3.2 Automatically Collected Information", "3. Information We Collect"),
        ("3.3 Information from Third-Party Services", "3. Information We Collect"),
    ]


def test_a_policy_without_a_title_has_none(real: dict[str, PolicyDocument]) -> None:
    """CleverBox starts at "1. Introduction", which is a section and not the title."""
    structure = real["cleverbox"].structure

    assert structure.title == ""
    assert structure.sections[0].label == "1. Introduction"


def test_a_list_needs_no_lead_in(real: dict[str, PolicyDocument]) -> None:
    """3.2 is a heading directly followed by bullets: they form one list under that heading, without a lead-in."""
    document = real["cleverbox"]

    (block,) = blocks_of(document, "3.2 Automatically Collected Information")

    assert (block.kind, block.lead_in, len(block.items)) == ("list", None, 6)
    assert block.items[0].of(document.text) == "IP address;"


@pytest.mark.parametrize(
    ("lead_in", "items"),
    [
        (
            "With respect to personal data entered into the CRM by a customer:",
            [
                "The customer independently determines the purposes of processing such data;",
                "The customer independently determines what personal data is collected;",
                "The customer independently determines retention periods for such data;",
                "The customer independently determines the legal basis for processing such data.",
            ],
        ),
        (
            "CleverBox:CRM does not determine:",
            [
                "What personal data is collected by the customer;",
                "Why such data is collected;",
                "How long such data is retained;",
                "How such data is used by the customer.",
            ],
        ),
        (
            "The customer is solely responsible for:",
            [
                "Compliance with applicable data protection laws;",
                "Obtaining any required consents from data subjects;",
                "Providing privacy notices where required;",
                "Responding to requests from data subjects;",
                "Compliance with GDPR and any other applicable privacy legislation.",
            ],
        ),
    ],
)
def test_look_alike_lists_keep_their_own_lead_in(real: dict[str, PolicyDocument], lead_in: str, items: list[str]) -> None:
    """The three lists of CleverBox's section 6 differ in meaning only by the line above each."""
    assert the_list(real["cleverbox"], lead_in) == items


def test_two_lists_in_one_section_are_two_lists(real: dict[str, PolicyDocument]) -> None:
    """Section 8 lists purposes, then periods, with no blank line between them."""
    purposes = the_list(real["cleverbox"], "only for as long as necessary to:")
    periods = the_list(real["cleverbox"], "Typical retention periods include:")

    assert (purposes[0], len(purposes)) == ("Provide the Services;", 4)
    assert (periods[2], len(periods)) == ("Security and audit logs: up to 12 months;", 4)


def test_please_contact_followed_by_a_heading_does_not_swallow_it(real: dict[str, PolicyDocument]) -> None:
    """Section 10 ends "please contact:" with nothing after it; the heading of 11 is not the contact."""
    document = real["cleverbox"]

    last = blocks_of(document, "10. Your Rights")[-1]

    assert (last.kind, last.items) == ("paragraph", ())
    assert last.span.of(document.text) == "To exercise any of these rights, please contact:"
    assert len(blocks_of(document, "11. Cookies and Tracking Technologies")) == 2


def test_a_section_may_have_no_text_of_its_own(real: dict[str, PolicyDocument]) -> None:
    """Section 3 is directly followed by 3.1: it stays a section and the parent of its three subsections."""
    document = real["cleverbox"]

    collect = section_of(document, "3. Information We Collect")
    block = block_with(document, "Phone number;")

    assert blocks_of(document, "3. Information We Collect") == []
    assert document.structure.path(block.section)[0] is collect


def test_a_colon_inside_a_name_leads_into_nothing(real: dict[str, PolicyDocument]) -> None:
    """ "CleverBox:CRM is operated by: FOP …" is a sentence: only a colon at its end opens a list."""
    document = real["cleverbox"]

    operator = block_with(document, "FOP Berozina Olena")

    assert operator.kind == "paragraph"
    assert operator.span.of(document.text) == "CleverBox:CRM is operated by: FOP Berozina Olena Registered in Ukraine"


def test_the_same_contact_lines_belong_to_both_sections_that_print_them(real: dict[str, PolicyDocument]) -> None:
    """E-mail and website stand in sections 2 and 15, as items of a list each time."""
    document = real["cleverbox"]
    lines = ["Email: support@cleverbox-crm.com", "Website: www.cleverbox-crm.com"]

    matches = [
        [item.of(document.text) for item in blocks_of(document, label)[-1].items]
        for label in ("2. About CleverBox:CRM", "15. Contact Information")
    ]

    assert matches == [lines, lines]


def test_the_sentence_on_sale_stays_in_its_section(real: dict[str, PolicyDocument]) -> None:
    """ "We do not sell personal data." follows the list of section 4 and is no item of it."""
    document = real["cleverbox"]

    block = block_with(document, "We do not sell personal data.")

    assert block.kind == "paragraph"
    assert path_labels(document, block) == ["4. How We Use Information"]


# Clevio


def test_a_table_of_contents_is_navigation(real: dict[str, PolicyDocument]) -> None:
    """All ten entries are set aside, with or without a full stop, even the two that differ from their heading."""
    document = real["clevio"]

    navigation = [block.span.of(document.text) for block in document.structure.blocks if block.kind == "navigation"]

    assert navigation[:11] == [
        "Table of contents", "Summary of Changes.", "Thanks for using Clevio!", "We collect information in various ways.",
        "Sharing your information.", "Your options for using personal information.", "How and when do we share information.",
        "How long do we keep your information.", "Privacy Policy for children.", "Use cases.",
        "How we make changes to this Policy.",
    ]  # fmt: skip


def test_footer_links_are_navigation(real: dict[str, PolicyDocument]) -> None:
    """The bullets at the very end link to other pages; they are not content of the last section."""
    document = real["clevio"]

    last = document.structure.blocks[-3:]

    assert [(block.kind, block.section) for block in last] == [("navigation", None)] * 3
    assert [block.span.of(document.text) for block in last] == ["• Privacy Policy", "• Terms of Use", "• Cookie Policy"]


def test_headings_missing_from_the_table_of_contents_are_found(real: dict[str, PolicyDocument]) -> None:
    """One heading and both numbered subheadings are in no table of contents; another contains a no-break space."""
    assert labels(real["clevio"].structure) == [
        "Summary of Changes", "Thanks for using Clevio!", "We collect information in various ways",
        "1. When you submit it to us or give your consent to receive it",
        "2. We also get technical information when you use Clevio", "What do we do with the information we collect",
        "Sharing your information", "Your options for using personal information", "How and when do we share information",
        "How long do we keep your information", "Privacy Policy for children", "Use cases",
        "How we make changes to this Privacy Policy",
    ]  # fmt: skip


def test_numbered_sub_headings_belong_to_the_unnumbered_heading_above_them(real: dict[str, PolicyDocument]) -> None:
    """Where most headings are plain, the two numbered ones are one level below."""
    document = real["clevio"]

    block = block_with(document, "Log data. When you use Clevio")

    assert path_labels(document, block) == [
        "We collect information in various ways", "2. We also get technical information when you use Clevio",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lead_in", "starts"),
    [
        ("With its help, we can:", ["Detect when", "Answer your questions"]),
        ("Thanks to this information, we can:", ["Collaborate", "View your", "Conduct analytics", "Improve Clevio", "Send you"]),
        ("with your consent in order to:", ["Offer you marketing"]),
        ("when we use cookies in order to:", ["Identify you"]),
        ("For example, you can:", ["At any time", "Link your", "Change course", "Delete your account"]),
        ("For instance:", ["The browser you use"]),
        ("We also provide your data:", ["Other services", "To the services", "Law enforcement"]),
        ("types of information we collect:", ["Log data.", "Cookie data.", "Device info.", "Data on visits and conclusions."]),
        (
            "Such personal information includes:",
            ["identification data", "personal char", "commercial", "electronic", "information about", "conclusions", "other"],
        ),
    ],
)  # fmt: skip
def test_a_list_without_bullets_ends_where_a_new_paragraph_starts(
    real: dict[str, PolicyDocument], lead_in: str, starts: list[str]
) -> None:
    """Clevio's items are plain paragraphs: the lead-in opens the list, the next "We …" or heading ends it."""
    items = the_list(real["clevio"], lead_in)

    assert len(items) == len(starts)
    assert all(item.startswith(start) for item, start in zip(items, starts, strict=True))


def test_dates_at_the_end_are_no_items_and_no_headings(real: dict[str, PolicyDocument]) -> None:
    """Clevio prints its two dates without a heading: each is a paragraph."""
    document = real["clevio"]

    dates = [block_with(document, words) for words in ("Effective Date: May 05, 2020", "Last update date: May 05, 2020")]

    assert [block.kind for block in dates] == ["paragraph", "paragraph"]
    assert not any("2020" in label for label in labels(document.structure))


@pytest.mark.parametrize(
    ("line", "length"),
    [
        ("Log data. When you use Clevio, our servers", len("Log data. ")),
        ("Data Storage Location: Our production data", len("Data Storage Location: ")),
        ("Single Sign-On (SSO) Authentication: Understanding", len("Single Sign-On (SSO) Authentication: ")),
        ("California Residents: If you are", len("California Residents: ")),
        ("WizRocket Inc. (a Delaware corporation)", 0),
        ("CleverTap has certified to the U.S. Department", 0),
        ("CleverBox:CRM is operated by: FOP Berozina", 0),
        ("We retain personal data only for as long as we need it. We then", 0),
        ("employment history.Also", 0),
        ("We never sell personal data. We rent it to nobody.", 0),
        ("This is not personal data. CleverTap may", 0),
    ],
)
def test_a_run_in_label_is_short_and_ends_no_abbreviation(line: str, length: int) -> None:
    """A label is a few words before a full stop or colon; "Inc." and "U.S." end no label, and a short sentence is none."""
    assert run_in_label(line) == length


# Cleverom


def test_a_heading_hidden_among_bullets_opens_a_section(real: dict[str, PolicyDocument]) -> None:
    """ "How We Use Your Information" is a bullet in the list of what is collected; the purposes must not be filed there."""
    document = real["cleverom"]

    collected = the_list(document, "This includes:")
    (uses,) = blocks_of(document, "How We Use Your Information")

    assert (collected[-1], len(collected)) == ("Customer feedback and communication records", 7)
    assert uses.lead_in is not None
    assert uses.lead_in.of(document.text) == "We use the collected information for the following purposes:"
    assert len(uses.items) == 5
    assert uses.items[1].of(document.text) == "For marketing, sales, and promotional activities"


def test_a_contact_block_of_one_line_paragraphs_is_one_list(real: dict[str, PolicyDocument]) -> None:
    """Company, address and e-mail stand in paragraphs of their own under a colon line, and belong together."""
    assert the_list(real["cleverom"], "Contact details for privacy matters:") == [
        "Company: Cleverom Oy, 3492914-1", "Address: Tekniikantie 4 A, 02150 Espoo", "Email: juuso.rantala@cleverom.com",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lead_in", "starts"),
    [
        ("following legal grounds:", ["Consent:", "Contractual Necessity:", "Legal Obligations:", "Legitimate Interests:"]),
        ("For example:", ["California Residents:", "Virginia Residents:"]),
        (
            "how we safeguard your data:",
            ["Data Storage Location:", "Technical Security Measures:", "Access Control:", "Two-Factor", "Single Sign-On"],
        ),
    ],
)
def test_run_in_colon_labels_are_items_and_neither_headings_nor_lead_ins(
    real: dict[str, PolicyDocument], lead_in: str, starts: list[str]
) -> None:
    """A paragraph that begins with "Consent:" is an item of the list above; the first without a label ends it."""
    items = the_list(real["cleverom"], lead_in)

    assert len(items) == len(starts)
    assert all(item.startswith(start) for item, start in zip(items, starts, strict=True))


def test_the_controller_statement_among_the_legal_bases_is_not_in_their_list(real: dict[str, PolicyDocument]) -> None:
    """It stands between the EEA and the UK paragraphs, in the section but in no list."""
    document = real["cleverom"]

    block = block_with(document, "Cleverom acts as the data controller solely")

    assert block.kind == "paragraph"
    assert path_labels(document, block) == ["Legal Basis for Processing"]


def test_title_case_lines_alone_between_blank_lines_are_headings(real: dict[str, PolicyDocument]) -> None:
    """Cleverom's headings have no number, and one has a curly apostrophe; nothing else becomes one."""
    document = real["cleverom"]

    assert document.structure.title == "Cleverom Privacy Policy"
    assert labels(document.structure) == [
        "Introduction", "How to Contact Us", "Who We Are", "Information We Collect", "How We Use Your Information",
        "How We Share Your Information", "Roles and Responsibilities under GDPR", "Legal Basis for Processing", "Your Rights",
        "Data Security", "International Data Transfers", "Children’s Privacy", "Links to Other Websites",
        "Changes to This Privacy Policy",
    ]  # fmt: skip


# CleverTap


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("As Customer Representatives navigate", ["5. ", "5.2 Personal Data Collected from CleverTap’s Customers", "5.2.2"]),
        ("CleverTap collects full name, email address", ["5. ", "5.5 Personal Data Collected from Job Candidates", "5.5.2"]),
        ("If CleverTap receives a request", ["4. ", "4.2 CleverTap’s Role as Processor", "4.2.2"]),
        ("You have a right to disclosure", ["11. ", "11.1 Right of Access"]),
        ("We may need additional information", ["12. ", "12.1"]),
    ],
)
def test_restarting_numbers_get_their_level_from_the_indent(
    real: dict[str, PolicyDocument], words: str, expected: list[str]
) -> None:
    """CleverTap prints "2." for 5.5.2 too: the indent gives the level, and the full number is computed."""
    document = real["clevertap"]

    matches = path_labels(document, block_with(document, words))

    assert len(matches) == len(expected)
    assert all(label.startswith(start) for label, start in zip(matches, expected, strict=True))
    assert matches[-1] == expected[-1]


def test_every_number_of_the_outline_occurs_once(real: dict[str, PolicyDocument]) -> None:
    """Computed numbers are complete: sixteen at the top level, none twice although thirteen lines begin with "1."."""
    sections = real["clevertap"].structure.sections

    numbers = [section.number for section in sections]

    assert len(set(numbers)) == len(numbers)
    assert [section.number for section in sections if section.level == 1] == [str(number) for number in range(1, 17)]
    assert all(section.level == section.number.count(".") + 1 for section in sections)


def test_a_section_with_only_a_number_has_no_title(real: dict[str, PolicyDocument]) -> None:
    """Section 2 is one sentence that introduces an address; the sentence is text, not a title."""
    document = real["clevertap"]

    (block,) = blocks_of(document, "2.")

    assert section_of(document, "2.").title == ""
    assert block.lead_in is not None
    assert block.lead_in.of(document.text).startswith("Please direct all privacy questions")
    assert [item.of(document.text) for item in block.items] == [
        "Postal mail or courier: WizRocket Inc., Attention: Angel Indzhov, 607 W Dana St. Suite A Mountain View, CA 94041"
    ]


@pytest.mark.parametrize(
    ("label", "starts"),
    [
        ("6. Cookie Policy", "To facilitate and customize your experience"),
        ("11.1 Right of Access", "You have a right to disclosure"),
        ("8.2 EU-U.S. Data Privacy Framework Compliance", "CleverTap has certified to the U.S. Department of State"),
        ("15. Children", "Anyone CleverTap deals with"),
    ],
)
def test_a_run_in_heading_is_separated_from_its_text(real: dict[str, PolicyDocument], label: str, starts: str) -> None:
    """Title and text are on one line; the full stops of "EU-U.S." do not end the title."""
    document = real["clevertap"]

    (block,) = blocks_of(document, label)

    assert block.span.of(document.text).startswith(starts)


@pytest.mark.parametrize(
    "label",
    [
        "5.1 Personal Data Collected from Site Visitors",
        "5.2 Personal Data Collected from CleverTap’s Customers",
        "5.5 Personal Data Collected from Job Candidates",
    ],
)
def test_an_outline_heading_without_text_is_a_section(real: dict[str, PolicyDocument], label: str) -> None:
    """5.1, 5.2 and 5.5 are headings and nothing else; their parts lie below them."""
    document = real["clevertap"]

    number = document.structure.sections.index(section_of(document, label))

    assert blocks_of(document, label) == []
    assert [section.number for section in document.structure.sections if section.parent == number][:1] == [f"{label[:3]}.1"]


def test_a_section_continues_after_a_blank_line(real: dict[str, PolicyDocument]) -> None:
    """5.3 continues in an unnumbered paragraph, indented under it."""
    document = real["clevertap"]

    first, second = blocks_of(document, "5.3 Customer End User Data")

    assert first.span.of(document.text).startswith("As part of the provision")
    assert second.span.of(document.text).startswith("CleverTap’s Customers may electronically submit")


def test_bullets_under_a_run_in_heading_keep_their_lead_in(real: dict[str, PolicyDocument]) -> None:
    """Section 3 has title, lead-in and first bullet on two lines: five bullets, whatever "four categories" says."""
    document = real["clevertap"]

    (block,) = blocks_of(document, "3. Types of Personal Data Received by CleverTap")

    assert block.lead_in is not None
    assert block.lead_in.of(document.text).startswith("CleverTap receives four categories")
    assert len(block.items) == 5


@pytest.mark.parametrize(
    ("company", "line"),
    [("clevra", "Last updated: January 15, 2026"), ("clevertap", "Last Updated – 17th Aug, 2023")],
)
def test_the_date_at_the_top_is_a_paragraph_outside_any_section(real: dict[str, PolicyDocument], company: str, line: str) -> None:
    """A date line is neither title nor heading, with a colon or a dash."""
    block = block_with(real[company], line)

    assert (block.kind, block.section) == ("paragraph", None)


# Texts of other policies


def read(text: str) -> tuple[Structure, list[tuple[str, str]]]:
    structure = read_structure(text)
    return structure, [(block.kind, block.span.of(text)) for block in structure.blocks]


def test_a_number_that_counts_something_is_text() -> None:
    """The item "12 months of log files" does not lose its number to a list mark."""
    text = "Retention\n\nWe keep:\n\ninvoices as long as the law says\n\n12 months of log files\n"

    structure, _ = read(text)

    assert [item.of(text) for item in structure.blocks[0].items] == ["invoices as long as the law says", "12 months of log files"]


def test_a_date_that_starts_with_the_day_is_no_numbered_heading() -> None:
    """ "15 January 2026" is the policy's date and not its section 15."""
    structure, blocks = read("Privacy Policy\n\n15 January 2026\n\n1. Use\n\nWe use data.\n")

    assert labels(structure) == ["1. Use"]
    assert blocks[1] == ("paragraph", "15 January 2026")


@pytest.mark.parametrize(
    "text",
    [
        "Privacy Policy\n\nWho We Are\nAcme runs the shop and all in it.\n\nYour Rights\nYou may see your data at any time.\n",
        "Privacy Policy\n\nWho we are\nAcme runs the shop and all in it.\n\nYour rights\nYou may see your data at any time.\n",
        "Privacy Policy\n\nWho We Are\nAcme runs it all.\nIt decides about data.\n\nYour Rights\n- see your data\n- correct it\n",
        "Who We Are\nAcme runs the shop and all in it.\nYour Rights\nYou may see your data at any time.\n",
    ],
)
def test_a_heading_right_above_its_text_is_a_heading(text: str) -> None:
    """Many policies have a blank line above a heading and none below it; pasted ones often have none at all."""
    structure, blocks = read(text)

    assert [label.lower() for label in labels(structure)] == ["who we are", "your rights"]
    assert not [words for _, words in blocks if words.lower() in ("who we are", "your rights")]


def test_a_consistent_style_of_headings_extends_to_unfinished_lines() -> None:
    """If two headings certainly stand directly above their text, a third one may introduce a list without a colon."""
    opening = "Payment\nYou pay through the store of your phone.\n\nChanges\nWe tell you of every change.\n\n"

    structure, _ = read(f"{opening}Your Rights\nYou have the right to\nsee your data\nhave it corrected\n")

    assert labels(structure) == ["Payment", "Changes", "Your Rights"]


@pytest.mark.parametrize(
    "lines",
    [
        "Acme Limited\n12 High Street\nLondon\n",
        "Write to the following address\nAcme Limited\nLondon\n",
        "You have the right to\n- see your data\n- have it corrected\n",
        "This policy tells how the shop handles what\nAcme Limited learns of its customers, and how long it keeps that.\n",
        "Last updated in May 2026\nWe tell you of every change before it takes effect.\n",
        "We may use your data in order to:\n\nRun the shop\nSend you the newsletter that you asked for.\n",
    ],
)
def test_a_line_that_only_stands_above_others_is_no_heading(lines: str) -> None:
    """Addresses, lead-ins, wrapped lines, dates and items stay text."""
    structure, _ = read(f"1. Opening\n\nWe run a shop.\n\n{lines}")

    assert labels(structure) == ["1. Opening"]


@pytest.mark.parametrize("lead_in", ["We share data with:", ""])
def test_a_repeated_list_is_content_both_times(lead_in: str) -> None:
    """Only lines that repeat headings are a table of contents; policies repeat lists word for word."""
    items = "- hosting providers;\n- payment processors;\n- analytics providers;\n- public authorities."
    text = f"1. Sharing\n{lead_in}\n{items}\n2. Transfers\n{lead_in}\n{items}\n"

    structure, _ = read(text)

    assert [(block.kind, len(block.items)) for block in structure.blocks] == [("list", 4), ("list", 4)]


def test_a_repeated_list_without_bullets_is_content_both_times() -> None:
    """A lead-in distinguishes a list from a table of contents."""
    items = "hosting providers\n\npayment processors\n\nanalytics providers\n\npublic authorities"
    text = f"Sharing\n\nWe share data with:\n\n{items}\n\nTransfers\n\nWe send data abroad to:\n\n{items}\n"

    structure, _ = read(text)

    assert [(block.kind, len(block.items)) for block in structure.blocks] == [("list", 4), ("list", 4)]


def test_a_repeated_contact_block_is_content_both_times() -> None:
    """Four labelled lines repeated at the end are how to reach someone, not navigation."""
    lines = "Company: Acme\nAddress: Street 1\nEmail: a@acme.example\nPhone: 123"
    text = f"1. Who We Are\n{lines}\n2. Contact\nWrite to us:\n{lines}\n"

    structure, _ = read(text)

    assert not any(block.kind == "navigation" for block in structure.blocks)


def test_a_numbered_table_of_contents_with_bullets_is_navigation() -> None:
    """A table of contents may have marks; its lines repeat the headings further down."""
    text = (
        "Privacy Policy\n\nContents:\n\n• Data we collect\n• How we use it\n• Who receives it\n• Your choices\n\n"
        "Data we collect\n\nNames.\n\nHow we use it\n\nFor mail.\n\nWho receives it\n\nNobody.\n\nYour choices\n\nWrite to us.\n"
    )

    structure, blocks = read(text)

    assert labels(structure) == ["Data we collect", "How we use it", "Who receives it", "Your choices"]
    assert [kind for kind, _ in blocks] == ["title", *["navigation"] * 5, *["paragraph"] * 4]


def test_lines_that_differ_by_a_number_are_no_table_of_contents() -> None:
    """What a register lists line by line, each like the next, is all content."""
    lines = [f"We keep record number {number} for {number % 12 + 1} months." for number in range(200)]

    structure, blocks = read("1. Records\n\n" + "\n\n".join(lines))

    assert labels(structure) == ["1. Records"]
    assert [text for kind, text in blocks if kind == "paragraph"] == lines


def test_a_table_of_contents_may_differ_from_its_headings_by_a_word_or_an_ending() -> None:
    """Authors change a heading and forget the line above; a heading that is like no other stays a heading."""
    contents = ["Collection of your information", "How we use your information", "Sharing your information", "Your own choices"]
    headings = ["Collecting your information", "How we use information", "Sharing of your information", "Your own choices"]
    text = "\n".join(contents) + "\n\n" + "\n\n".join(f"{heading}\n\nWe are careful." for heading in headings)

    structure, blocks = read(text)

    assert labels(structure) == headings
    assert [kind for kind, _ in blocks][:4] == ["navigation"] * 4


def test_reading_takes_as_long_as_the_text_is() -> None:
    """A line is compared with the few that share its rarer words, not with all: that took half a minute for 100 pages."""
    rng = random.Random(7)
    common = ["we", "keep", "your", "data", "with", "care", "for", "our", "service", "and", "partners", "when", "you", "ask"]

    def line() -> str:
        own = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(3)]
        return " ".join(rng.sample(rng.choices(common, k=6) + own, k=9)).capitalize()

    def seconds(lines: int) -> float:
        text = "\n".join(line() for _ in range(lines))
        began = time.process_time()
        read(text)
        return time.process_time() - began

    seconds(200)  # what is loaded at first

    assert seconds(2400) < 25 * seconds(300)


def test_a_sentence_broken_over_lines_is_one_block() -> None:
    """Text pasted from a mail is wrapped: a line that breaks off continues on the next one."""
    text = "1. Cookies\nWe use cookies to remember\n   your language and\n   your session.\n2. Sale\nWe sell nothing."

    _, blocks = read(text)

    assert blocks[0] == ("paragraph", "We use cookies to remember\n   your language and\n   your session.")


def test_a_wrapped_run_in_heading_keeps_its_offsets() -> None:
    """In an outline the title may continue on the next, indented line: it ends at its full stop."""
    text = (
        "  1. Rights of\n     of the Data Subject. You may object.\n    1. Access. You may see it.\n"
        "  2. Sharing. We share it.\n    1. Hosts. They store it.\n  3. End. That is all.\n    1. Bye. We mean it.\n"
    )

    structure, blocks = read(text)

    assert structure.sections[0].title == "Rights of of the Data Subject"
    assert structure.sections[0].heading.of(text).endswith("Data Subject.")
    assert blocks[0] == ("paragraph", "You may object.")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_do_not_matter(newline: str) -> None:
    """A file saved on any system has the same sections and items, and offsets into its own text."""
    text = "1. Use\nWe use data to:\n- run the service;\n- send mail.\n".replace("\n", newline)

    structure, _ = read(text)

    assert labels(structure) == ["1. Use"]
    assert [item.of(text) for item in structure.blocks[0].items] == ["run the service;", "send mail."]


def test_a_text_without_structure_is_read_as_paragraphs() -> None:
    """A policy may be a few plain sentences."""
    structure, blocks = read("We collect nothing. We keep nothing.\n\nWe sell nothing.")

    assert structure.sections == ()
    assert blocks == [("paragraph", "We collect nothing. We keep nothing."), ("paragraph", "We sell nothing.")]


def test_invisible_characters_hide_no_number_and_no_bullet() -> None:
    """Pasted text often begins with one; the text itself is not changed."""
    text = "\u200b1. Sa\u200ble\n\u200eWe share:\n\ufeff• your name\u200b\n• your address\n"

    structure = read_structure(text)

    assert [section.label for section in structure.sections] == ["1. Sale"]
    (block,) = structure.blocks
    assert [item.of(text) for item in block.items] == ["your name", "your address"]


WORDS_OF_TITLES = (
    "Collection",
    "Purposes",
    "Retention",
    "Disclosure",
    "Transfer",
    "Security",
    "Access",
    "Erasure",
    "Objection",
    "Cookies",
)


def test_a_policy_of_300_pages_is_read_in_linear_time() -> None:
    """If anything took quadratic time, this test would not finish."""
    sentence = (
        "We keep record {} of your visit for as long as our contract with you asks us to keep it, and delete it after that."
    )
    body = "\n\n".join([*(sentence.format(index) for index in range(12)), "We share:", "• your name\n• your address"])
    titles = [
        f"{word} of {index} Things" for index in ("Many", "Other", "Further", "Former", "Lesser") for word in WORDS_OF_TITLES
    ]
    parts = (
        f"Part {part}\n\n" + "\n\n".join(f"{index}. {title} in Part {part}\n\n{body}" for index, title in enumerate(titles, 10))
        for part in "ABCDEF"
    )
    text = "\n\n".join(["Privacy Policy", "\n".join(f"{title} in Part A" for title in titles), *parts])

    structure = read_structure(text)

    assert len(text) > 300 * 1_000
    assert len(structure.sections) == 6 * (1 + len(titles))
    assert sum(block.kind == "navigation" for block in structure.blocks) == len(titles)
    assert_sound(text, structure)


# What must hold for every text


def covered(structure: Structure, length: int) -> list[int]:
    """How many headings and blocks cover each character."""
    times = [0] * length
    for span in [*(section.heading for section in structure.sections), *(block.span for block in structure.blocks)]:
        for index in range(span.start, span.end):
            times[index] += 1
    return times


def assert_sound(text: str, structure: Structure) -> None:
    """All spans lie in the text, nothing overlaps, and only white space, invisible characters and marks are left out."""
    times = covered(structure, len(text))
    inner: list[tuple[Span, Span]] = []
    for block in structure.blocks:
        parts = [*([block.lead_in] if block.lead_in else []), *block.items]
        inner += [(block.span, part) for part in parts]
        assert all(before.end <= after.start for before, after in pairwise(parts))
    blank = [character.isspace() or INVISIBLE.match(character) is not None for character in text]
    left_out = {text[index] for index, count in enumerate(times) if count == 0 and not blank[index]}
    spans = [block.span for block in structure.blocks] + [section.heading for section in structure.sections]

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(outer.start <= part.start < part.end <= outer.end for outer, part in inner)
    assert max(times, default=0) <= 1
    assert left_out <= MARKS
    assert all(section.parent is None or section.parent < index for index, section in enumerate(structure.sections))
    assert all(block.section is None or block.section < len(structure.sections) for block in structure.blocks)


def test_headings_and_blocks_cover_all_of_a_real_policy(each: PolicyDocument) -> None:
    """Nothing a company wrote gets lost or counted twice: only bullet marks stand outside."""
    assert_sound(each.text, each.structure)


def test_blocks_and_sections_come_in_reading_order(each: PolicyDocument) -> None:
    """Their order in the structure is their order on the page."""
    starts = [block.span.start for block in each.structure.blocks]
    headings = [section.heading.start for section in each.structure.sections]

    assert starts == sorted(starts)
    assert headings == sorted(headings)


WORDS = st.sampled_from(
    ["We", "you", "data", "Privacy", "Policy", "cookies", "Rights", "Contact", "e.g.", "U.S.", "Inc.", "(and", "so)", "12",
     "months", "EU-U.S.", "Email:", "a@b.example", "’s", "\u00a0", "including:", "sell", "Terms", "Table", "of", "contents", "—",
     "Дані", "\u200b", "ß"]
)  # fmt: skip
MARKED = st.sampled_from(["", "", "", "1. ", "2. ", "3.1 ", "10) ", "• ", "- ", "– ", "* ", "12 "])
INDENT = st.sampled_from(["", "", "  ", "    ", "      ", "\t", "\u00a0"])
ENDING = st.sampled_from(["", ".", ":", ";", "!", "?", ",", ".) "])
LINE = st.builds(
    lambda indent, mark, words, ending: f"{indent}{mark}{' '.join(words)}{ending}",
    INDENT, MARKED, st.lists(WORDS, max_size=12), ENDING,
)  # fmt: skip
BREAK = st.sampled_from(["\n", "\n", "\n\n", "\r\n", "\n \n", "\u2028", "\x0c"])
POLICY = st.builds(
    lambda lines, breaks: "".join(f"{line}{gap}" for line, gap in zip(lines, breaks, strict=True)),
    st.shared(st.integers(0, 30), key="n").flatmap(lambda n: st.lists(LINE, min_size=n, max_size=n)),
    st.shared(st.integers(0, 30), key="n").flatmap(lambda n: st.lists(BREAK, min_size=n, max_size=n)),
)


@given(text=POLICY)
@settings(max_examples=150, deadline=None)
def test_any_text_of_policy_like_lines_is_read_soundly(text: str) -> None:
    """However a policy is pasted, reading it never fails, and every span lies where it should."""
    assert_sound(text, read_structure(text))


@given(text=st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_is_read_soundly(text: str) -> None:
    """No content of a file makes reading fail."""
    assert_sound(text, read_structure(text))

"""HTML: the policy without the site around it, and nothing of the policy lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.errors import BadPolicyError
from knowledge.documents import PolicyDocument
from tests.knowledge.formats.samples import labels, passages_in, read

SENTENCE = "We collect your name and your address, and we keep both of them for as long as you are a customer of ours."


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def of(folder: Path, body: str) -> PolicyDocument:
    return read(folder, ".html", page(body))


@pytest.mark.parametrize(
    "frame",
    [
        "<nav>Home Shop</nav>{}", "<header>Acme</header>{}<footer>Terms Imprint</footer>", "<script>var x = 'sold'</script>{}",
        "<style>p {{}}</style><noscript>Switch scripts on</noscript>{}", '<div role="navigation">Home</div>{}',
        '<div id="cookie-consent-banner"><p>We use cookies.</p><button>Accept</button></div>{}',
        '<div role="dialog"><p>This site uses cookies.</p></div>{}', "{}<!-- an old draft --><template>Draft</template>",
        '<div class="onetrust-pc">We and our partners</div>{}', "<aside>Our bestsellers</aside><main>{}</main>",
    ],
)  # fmt: skip
def test_the_site_around_a_policy_is_left_out(tmp_path: Path, frame: str) -> None:
    """Menus, footers, cookie banners and scripts are not what the company says about data."""
    document = of(tmp_path, frame.format(f"<h1>Privacy</h1><p>{SENTENCE}</p>"))

    assert document.text == f"Privacy\n\n{SENTENCE}\n"


@pytest.mark.parametrize(
    "body",
    [
        '<main class="cookie-notice"><h1>Privacy</h1><p>{}</p></main>',
        '<div class="cookie-message"><h1>Privacy</h1><p>{}</p></div>',
        "<header><h1>Privacy</h1></header><main><p>{}</p></main>", "<main></main><h1>Privacy</h1><p>{}</p>",
        "<article><header><h1>Privacy</h1></header><p>{}</p></article>", "<form><h1>Privacy</h1><div>{}</div></form>",
        "<h1>Privacy</h1><custom-text><p>{}</p></custom-text>", "<h1>Privacy</h1>{}",
    ],
)  # fmt: skip
def test_the_policy_is_kept_in_any_element(tmp_path: Path, body: str) -> None:
    """A page about cookies may be named like a banner, and a main element may be empty."""
    assert of(tmp_path, body.format(SENTENCE)).text == f"Privacy\n\n{SENTENCE}\n"


def test_an_item_introduces_the_list_inside_it(tmp_path: Path) -> None:
    """ "name" is contact data that is collected; "Usage data" is collected too, but is no contact data."""
    document = of(
        tmp_path,
        "<h2>Data</h2><p>We never share:</p><ul><li>Contact data<ul><li>your name</li></ul></li><li>Usage data</li></ul>",
    )

    items = {one.text: (one.lead_in, one.context) for one in passages_in(document) if one.kind == "item"}
    assert items["your name"] == ("Contact data", "Data. We never share. Contact data")
    assert items["Usage data"] == ("We never share:", "Data. We never share:")


def test_a_paragraph_without_a_colon_introduces_its_list(tmp_path: Path) -> None:
    """The items must not lose "We do not share your data with"."""
    document = of(tmp_path, "<h2>Sharing</h2><p>We do not share your data with</p><ul><li>advertisers</li><li>brokers</li></ul>")

    assert {one.lead_in for one in passages_in(document) if one.kind == "item"} == {"We do not share your data with"}


def test_a_complete_sentence_does_not_introduce_the_list_after_it(tmp_path: Path) -> None:
    """It ends with a full stop, and the list stands alone."""
    document = of(tmp_path, f"<h2>Sharing</h2><p>{SENTENCE}</p><ul><li>advertisers</li><li>brokers</li></ul>")

    assert {one.lead_in for one in passages_in(document) if one.kind == "item"} == {""}


def test_an_item_of_several_paragraphs_is_one_item(tmp_path: Path) -> None:
    """Its second paragraph is no item of its own."""
    document = of(tmp_path, "<h2>Use</h2><p>We use:</p><ul><li><p>Logs.</p><p>They are short.</p></li><li>Bills.</li></ul>")

    (block,) = [block for block in document.structure.blocks if block.kind == "list"]
    assert [item.of(document.text) for item in block.items] == ["Logs.\nThey are short.", "Bills."]


@pytest.mark.parametrize(
    ("opening", "marks"),
    [("<ol>", ["1.", "2."]), ('<ol type="a">', ["a.", "b."]), ('<ol type="I" start="4">', ["IV.", "V."]), ("<ul>", ["•", "•"])],
)
def test_the_numbers_of_a_list_are_printed(tmp_path: Path, opening: str, marks: list[str]) -> None:
    """A browser shows them, and the text refers to them."""
    document = of(tmp_path, f"<p>{SENTENCE}</p>{opening}<li>first thing</li><li>second thing</li></ol>")

    assert document.text.splitlines()[2:] == [f"{marks[0]} first thing", f"{marks[1]} second thing"]


def test_a_list_whose_items_are_sections_becomes_sections(tmp_path: Path) -> None:
    """Numbered items with a bold title and text below are how many editors write a policy."""
    document = of(
        tmp_path,
        f"<ol><li><strong>Retention</strong><p>{SENTENCE}</p><ul><li>your bills</li></ul></li>"
        f"<li><h3>Selling</h3><p>We never sell it.</p></li></ol>",
    )

    assert [label for _, label in labels(document)] == ["1. Retention", "2. Selling"]
    assert {one.section.split(" › ")[-1] for one in passages_in(document) if one.text == "We never sell it."} == {"2. Selling"}


def test_line_breaks_separate_lines_but_not_sentences(tmp_path: Path) -> None:
    """An address keeps its lines; a sentence broken by hand is joined again."""
    document = of(tmp_path, "<p>We keep it<br>for one year.</p><p>Acme Limited<br>1 High Street<br><br>London</p>")

    assert document.text == "We keep it for one year.\n\nAcme Limited\n1 High Street\n\nLondon\n"


def test_terms_and_their_meanings_become_items(tmp_path: Path) -> None:
    """A definition is quoted with its term."""
    document = of(tmp_path, "<h2>Terms</h2><dl><dt>Cookies</dt><dd>small files</dd><dt>Beacons:</dt><dd>small pictures</dd></dl>")

    assert document.text == "Terms\n\n• Cookies: small files\n• Beacons: small pictures\n"


def test_a_row_of_a_table_names_its_columns(tmp_path: Path) -> None:
    """And is quoted whole, however many sentences stand in a cell."""
    table = (
        "<table><thead><tr><td>Why</td><td>Basis</td></tr></thead><tr><td>Safety. We watch.</td><td>Interest</td></tr></table>"
    )

    document = of(tmp_path, f"<h2>Why</h2>{table}")

    assert [one.text for one in passages_in(document)] == ["Why: Safety. We watch. | Basis: Interest"]


def test_a_table_that_lays_out_the_page_is_read_as_text(tmp_path: Path) -> None:
    """Some old pages are one big table."""
    document = of(tmp_path, f"<table><tr><td>Acme</td><td><h2>Selling</h2><p>{SENTENCE}</p></td></tr></table>")

    assert document.text == f"Acme\n\nSelling\n\n{SENTENCE}\n"


def test_a_question_that_expands_its_answer_is_a_heading(tmp_path: Path) -> None:
    """Collapsed text is part of the policy too."""
    document = of(tmp_path, f"<h2>Questions</h2><details><summary>Do you sell it?</summary>No, never.</details><p>{SENTENCE}</p>")

    assert labels(document) == [(1, "Questions"), (2, "Do you sell it?")]


def test_a_list_of_links_to_headings_is_navigation(tmp_path: Path) -> None:
    """A table of contents is no evidence."""
    names = ["What we collect", "How we use it", "Whom we tell", "How to reach us"]
    contents = "".join(f'<li><a href="#{name[:3]}">{name}</a></li>' for name in names)

    document = of(
        tmp_path, f"<h1>Privacy</h1><ul>{contents}</ul>" + "".join(f"<h2>{name}</h2><p>{SENTENCE}</p>" for name in names)
    )

    assert [label for _, label in labels(document)] == names
    assert {one.text for one in passages_in(document)} == {SENTENCE}


def test_a_first_heading_above_all_others_is_the_title(tmp_path: Path) -> None:
    """Whatever it says: no section label contains it."""
    document = of(tmp_path, f"<h1>Your data and you</h1><h3>Sale</h3><p>{SENTENCE}</p><h3>Use</h3><p>{SENTENCE}</p>")

    assert (document.policy, labels(document)) == ("Your data and you", [(1, "Sale"), (1, "Use")])


def test_numbers_give_the_level_if_all_headings_are_alike(tmp_path: Path) -> None:
    """3.1 is below 3 even if both are h2."""
    heads = "".join(f"<h2>{title}</h2><p>{SENTENCE}</p>" for title in ("3. Use", "3.1 Logs", "3.1.1 Old Logs", "4. Sale", "Last"))

    document = of(tmp_path, f"<h1>Privacy</h1>{heads}")

    assert labels(document) == [(1, "3. Use"), (2, "3.1 Logs"), (3, "3.1.1 Old Logs"), (1, "4. Sale"), (1, "Last")]


def test_a_page_without_headings_is_read_like_plain_text(tmp_path: Path) -> None:
    """Numbered lines open sections."""
    document = of(tmp_path, f"<p>1. What We Collect</p><p>{SENTENCE}</p><p>2. Selling</p><p>We never sell.</p>")

    assert [label for _, label in labels(document)] == ["1. What We Collect", "2. Selling"]


def test_a_page_built_by_scripts_is_refused(tmp_path: Path) -> None:
    """It holds no text, and the message says how to get it."""
    with pytest.raises(BadPolicyError) as refused:
        of(tmp_path, '<div id="root"></div><script>render("We sell nothing")</script>')

    assert str(refused.value).startswith("acme/2026-01-15.html has no text of its own (its scripts put it together)")
    assert "save what you see as a PDF" in str(refused.value)


def test_an_empty_page_is_refused(tmp_path: Path) -> None:
    """By name, reason and cure."""
    with pytest.raises(BadPolicyError, match=r"2026-01-15\.html has no text of its own \(it holds no policy\)"):
        of(tmp_path, "<p> </p>")


def test_the_declared_encoding_is_used(tmp_path: Path) -> None:
    """Old pages use Windows' code page, some under another name."""
    data = '<html><head><meta charset="iso-8859-1"></head><body><p>The “café” keeps nothing.</p></body></html>'.encode(
        "windows-1252"
    )

    assert read(tmp_path, ".html", data).text == "The “café” keeps nothing.\n"


@pytest.mark.parametrize("said", ["utf-8", "klingon"])
def test_a_page_in_another_encoding_than_declared_is_refused(tmp_path: Path, said: str) -> None:
    """Wrongly decoded letters would be quoted as the company's words."""
    data = f'<html><head><meta charset="{said}"></head><body><p>caf'.encode() + b"\xe9</p></body></html>"

    with pytest.raises(BadPolicyError, match=rf"is not in the encoding it says \({said}\): save the page in UTF-8"):
        read(tmp_path, ".html", data)


def test_entities_are_decoded_once(tmp_path: Path) -> None:
    """What they spell stays text."""
    assert of(tmp_path, "<p>Smith &amp;amp; Sons &lt;b&gt; &copy; 2026</p>").text == "Smith &amp; Sons <b> © 2026\n"


def quotes(document: PolicyDocument) -> list[str]:
    return [one.text for one in passages_in(document) if one.kind != "list"]


@pytest.mark.parametrize("stray", ["", "<h4>Account</h4>"])
def test_a_stray_heading_does_not_hide_the_others(tmp_path: Path, stray: str) -> None:
    """Many pages dress their headings as blocks, and use one heading tag by accident."""
    document = of(
        tmp_path,
        "<div>PRIVACY NOTICE</div><div>1. WHAT DO WE ASK FOR?</div>We ask for your name when you hire a canoe from us.<br><br>"
        f"<div>2. HOW LONG IS IT KEPT?</div>Hire records are kept for three years and then erased.<br><br>{stray}"
        "You may close your account at any time that you like.<br><br><div>3. WHO SEES IT?</div>Our insurer sees who had an"
        " accident on the river.",
    )

    assert [label for level, label in labels(document) if level == 1] == [
        "1. WHAT DO WE ASK FOR?",
        "2. HOW LONG IS IT KEPT?",
        "3. WHO SEES IT?",
    ]
    assert [label for level, label in labels(document) if level == 2] == ["Account"] * bool(stray)


def test_a_numbered_list_between_breaks_is_a_list(tmp_path: Path) -> None:
    """Its numbers open no sections, although others do."""
    document = of(
        tmp_path, f"<h2>Data</h2><p>We collect the following:<br>1. Names<br>2. Addresses<br>3. Pets</p><p>{SENTENCE}</p>"
    )

    assert [label for _, label in labels(document)] == ["Data"]
    assert {one.lead_in for one in passages_in(document) if one.kind == "item"} == {"We collect the following:"}


def test_a_question_alone_above_its_answer_is_a_heading(tmp_path: Path) -> None:
    """However long it is; the other headings are marked."""
    question = "What happens to the data that you gave to us when our club is closed or becomes a part of another club one day?"

    document = of(tmp_path, f"<h2>Who are we?</h2><p>{SENTENCE}</p><p>{question}</p><p>{SENTENCE} Always.</p>")

    assert [label for _, label in labels(document)] == ["Who are we?", question]


CARD = '<div class="card"><div class="icon">\N{KEY}</div><div class="name">{}</div><div class="text">{}</div></div>'


def test_cards_become_items_under_their_sentence(tmp_path: Path) -> None:
    """Icon, title and text belong together; what follows the cards is none of them."""
    cards = CARD.format("Access", "Ask us for a copy of your data.") + CARD.format("Erasure", "Ask us to delete your data.")

    document = of(tmp_path, f"<h2>Rights</h2><p>You have these rights:</p><div>{cards}</div><p>Write to us at any time.</p>")

    items = [(one.text, one.lead_in) for one in passages_in(document) if one.kind == "item"]
    assert items == [
        ("Access: Ask us for a copy of your data.", "You have these rights:"),
        ("Erasure: Ask us to delete your data.", "You have these rights:"),
    ]
    assert quotes(document)[-1] == "Write to us at any time."


def test_cards_with_questions_are_sections(tmp_path: Path) -> None:
    """An accordion without details elements: each answer keeps its question."""
    cards = "".join(
        f'<div class="faq"><div>{question}</div><div><p>{SENTENCE}</p><p>{answer}</p></div></div>'
        for question, answer in (("Do you sell it?", "We never sell it."), ("Who sees it?", "Our staff see it."))
    )

    document = of(tmp_path, f"<h1>Privacy</h1><div>{cards}</div>")

    assert [label for _, label in labels(document)] == ["Do you sell it?", "Who sees it?"]


@pytest.mark.parametrize(
    "around",
    [
        '<div class="top"><h5><a href="/a">BOOK</a></h5><h5><a href="/b">TEAM</a></h5></div>{}',
        '<ul><a href="/a"><li><h5>HOME</h5></li></a><a href="/b"><li><h5>JOBS</h5></li></a></ul>{}',
        '<div><a href="/">Home</a> <a href="/shop">Shop</a></div><p>Visit us on:</p>{}',
        '<div class="mobile-menu"><p>Our shops are open every day of the week.</p></div>{}',
        '<p><a href="/">Home</a> › <a href="/legal">Legal</a> ›</p>{}',
        '{}<div class="foot"><h5>VISIT US</h5><p>Mon to Fri 9 to 5</p></div>',
        '{}<div><h4>Opening hours</h4><p>Mon to Fri 9 to 5</p><p>© 2026 Acme. All rights reserved.</p></div>',
        '{}<p><a href="#top">Back to top</a></p><p>© Acme</p><p><a href="/terms">Terms</a> | <a href="/imprint">Imprint</a></p>',
        '<a href="#main">Skip to content</a>{}',
    ],
)  # fmt: skip
def test_menus_and_footers_of_any_make_are_left_out(tmp_path: Path, around: str) -> None:
    """Half of all sites have neither nav nor footer elements."""
    document = of(tmp_path, around.format(f"<h3>PRIVACY POLICY</h3><h4>1. Use</h4><p>{SENTENCE}</p>"))

    assert document.text == f"PRIVACY POLICY\n\n1. Use\n\n{SENTENCE}\n"


def test_the_address_at_the_end_is_no_footer(tmp_path: Path) -> None:
    """It is where people write."""
    document = of(tmp_path, f"<h1>Privacy</h1><p>{SENTENCE}</p><h2>Contact</h2><p>Acme<br>1 High Street<br>a@acme.example</p>")

    assert document.text.endswith("Contact\n\nAcme\n1 High Street\na@acme.example\n")


def test_contents_that_link_into_the_page_are_navigation(tmp_path: Path) -> None:
    """Whatever the headings say: a sentence about them may introduce the list."""
    links = "".join(f'<li><a href="#s{index}">Part {index}, shortly</a></li>' for index in range(4))

    document = of(
        tmp_path, f"<h1>Privacy</h1><p>This notice has these sections:</p><ol>{links}</ol><h2>One</h2><p>{SENTENCE}</p>"
    )

    assert quotes(document) == [SENTENCE]


@pytest.mark.parametrize("mark", ["o", "§", "»", "v", "➔", "✓"])
def test_odd_bullets_are_bullets(tmp_path: Path, mark: str) -> None:
    """What symbol fonts leave behind."""
    document = of(tmp_path, f"<h2>Tools</h2><p>We use:</p><p>{mark} Reminders that we send</p><p>{mark} Maps that you see</p>")

    assert [(one.text, one.lead_in) for one in passages_in(document) if one.kind == "item"] == [
        ("Reminders that we send", "We use:"),
        ("Maps that you see", "We use:"),
    ]


def test_a_raised_link_is_a_footnotes_number(tmp_path: Path) -> None:
    """Not the last digit of a span of time; a power stays what it is."""
    document = of(tmp_path, '<p>We keep it for 30 days<sup><a href="#n1">1</a></sup> in 20 m<sup>2</sup> of space.</p>')

    assert document.text == "We keep it for 30 days [1] in 20 m2 of space.\n"


def test_a_date_in_a_heading_is_no_section(tmp_path: Path) -> None:
    """It says nothing about what stands below it."""
    document = of(tmp_path, f"<h1>Privacy Policy</h1><h4>Effective: 3 May 2026</h4><h2>Use</h2><p>{SENTENCE}</p>")

    assert labels(document) == [(1, "Use")]


def test_a_sentence_in_large_type_is_a_sentence(tmp_path: Path) -> None:
    """With nothing below it, it is no heading."""
    document = of(tmp_path, f"<h1>Privacy</h1><h2>Use</h2><p>{SENTENCE}</p><h2>{SENTENCE[:-1]} and not longer</h2>")

    assert labels(document) == [(1, "Use")]


def test_lettered_paragraphs_are_items(tmp_path: Path) -> None:
    """Lawyers' lists; one alone could be anything."""
    document = of(tmp_path, "<h2>Rights</h2><p>You may ask us:</p><p>(a) by letter;</p><p>(b) at the desk.</p><p>(c)</p>")

    assert [(one.text, one.lead_in) for one in passages_in(document) if one.kind == "item"] == [
        ("by letter;", "You may ask us:"),
        ("at the desk.", "You may ask us:"),
    ]


def test_a_section_called_share_is_no_button(tmp_path: Path) -> None:
    """Not in a list of contents."""
    contents = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in ("Use", "Share", "Print"))

    document = of(tmp_path, f"<h1>Privacy</h1><ul>{contents}</ul><h2>Use</h2><p>{SENTENCE}</p>")

    assert quotes(document) == [SENTENCE]


def test_spans_that_are_set_as_blocks_are_blocks(tmp_path: Path) -> None:
    """By their own style, or because two texts meet without a space."""
    styled = f"<span style='color:red; display: block'><b>Use</b></span><span style=display:block>{SENTENCE}</span>"
    by_class = f"<span class=a>Not for sale</span><span class=b>{SENTENCE}</span><span class=b>{SENTENCE[:-1]} too.</span>"

    document = of(tmp_path, f"<h1>Privacy</h1><p>{styled}</p><p>{by_class}</p>")

    assert document.text == f"Privacy\n\nUse\n\n{SENTENCE}\n\nNot for sale\n{SENTENCE}\n{SENTENCE[:-1]} too.\n"


def test_emphasis_within_a_sentence_breaks_no_line(tmp_path: Path) -> None:
    """However its words begin."""
    document = of(tmp_path, "<p>We use <b>Linked</b><i>In</i> and the <b>Mac</b>Book of <a href='/x'>Acme Ltd</a>.</p>")

    assert document.text == "We use LinkedIn and the MacBook of Acme Ltd.\n"


def test_lists_in_cells_stay_in_their_rows(tmp_path: Path) -> None:
    """What is kept for which purpose is only said by the row."""
    row = "<tr><td><p>Billing</p></td><td><ul><li>name</li><li>address</li></ul></td><td><p>Contract.</p><p>Law</p></td></tr>"

    document = of(tmp_path, f"<h2>Why</h2><table><tr><th>Purpose</th><th>Data</th><th>Basis</th></tr>{row}</table>")

    assert document.text == "Why\n\nPurpose: Billing | Data: name; address | Basis: Contract. Law\n"


def test_a_cell_of_several_rows_belongs_to_each(tmp_path: Path) -> None:
    """And one over all columns names the rows below it."""
    rows = (
        "<tr><td colspan=3>Customers</td></tr><tr><td rowspan=2>Account</td><td>name</td><td>a year</td></tr>"
        "<tr><td>e-mail</td><td>a day</td></tr><tr><td>Logs</td><td>address</td><td>a week</td></tr>"
    )

    document = of(tmp_path, f"<table><tr><th>Kind</th><th>Data</th><th>Kept</th></tr>{rows}</table>")

    assert document.text.splitlines() == [
        "Customers", "Kind: Account | Data: name | Kept: a year", "Kind: Account | Data: e-mail | Kept: a day",
        "Kind: Logs | Data: address | Kept: a week",
    ]  # fmt: skip


def test_a_table_by_its_roles_is_a_table(tmp_path: Path) -> None:
    """Whatever elements it is made of."""

    def row(role: str, *cells: str) -> str:
        return f"<div role=row>{''.join(f'<div role={role}>{cell}</div>' for cell in cells)}</div>"

    rows = row("columnheader", "Data", "Kept") + f"<div role=rowgroup>{row('cell', 'Bills', 'ten years')}</div>"

    assert of(tmp_path, f"<h2>Time</h2><div role=table>{rows}</div>").text == "Time\n\nData: Bills | Kept: ten years\n"


TAB_LISTS = [
    "<div role=tablist><button role=tab aria-controls=a>Use</button><button role=tab aria-controls=b>Sale</button></div>",
    "<ul class='nav'><li><a data-toggle=tab href=#a>Use</a></li><li><a data-toggle=tab href=#b>Sale</a></li></ul>",
    "<ul role=tablist><li role=tab><a href=#a>Use</a></li><li role=tab><a href=#b>Sale</a></li></ul>",
]


@pytest.mark.parametrize("tabs", TAB_LISTS)
def test_the_name_of_a_tab_heads_its_text(tmp_path: Path, tabs: str) -> None:
    """The list of tabs itself says nothing; what is hidden at first is read too."""
    panels = (
        f"<div id=a role=tabpanel><p>{SENTENCE}</p></div><div id=b style='display: none'><h3>Sale</h3><p>We sell none.</p></div>"
    )

    document = of(tmp_path, f"<h1>Privacy</h1>{tabs}{panels}")

    assert document.text == f"Privacy\n\nUse\n\n{SENTENCE}\n\nSale\n\nWe sell none.\n"
    assert [label for _, label in labels(document)] == ["Use", "Sale"]


def test_what_unfolds_a_text_heads_it_in_one_word_too(tmp_path: Path) -> None:
    """What unfolds a menu does not."""
    menu = "<button aria-expanded=false aria-controls=m>More</button><div id=m><a href=/a>All of our shops and offices</a></div>"
    folded = f"<div role=button aria-expanded=false aria-controls=c>Retention</div><div id=c>{SENTENCE}</div>"

    document = of(tmp_path, f"<h2>Use</h2><p>{SENTENCE}</p>{folded}{menu}")

    assert [label for _, label in labels(document)] == ["Use", "Retention"]


def test_questions_with_long_answers_are_sections(tmp_path: Path) -> None:
    """A list of terms may hold whole texts."""
    document = of(
        tmp_path, f"<dl><dt>Do you sell it?</dt><dd><p>{SENTENCE}</p><p>Never.</p></dd><dt>Logs</dt><dd>None.</dd></dl>"
    )

    assert [label for _, label in labels(document)] == ["Do you sell it?", "Logs"]
    assert quotes(document)[0] == SENTENCE


def test_what_is_struck_out_is_not_said(tmp_path: Path) -> None:
    """A page may show what an older version said."""
    assert of(tmp_path, "<p>We keep it for <del>ninety</del> <s>sixty</s> <ins>thirty</ins> days.</p>").text == (
        "We keep it for thirty days.\n"
    )


@pytest.mark.parametrize("declared", ["", "<meta charset=utf-16>"])
def test_a_page_that_declares_no_encoding_is_read_as_browsers_read_it(tmp_path: Path, declared: str) -> None:
    """Old editors wrote neither UTF-8 nor a word about it; who can read "utf-16" in a page has proved it wrong."""
    data = f"<html><head>{declared}</head><p>The café “Acme” sells nothing.</p></html>"

    document = read(tmp_path, ".html", data.encode("utf-8" if declared else "windows-1252"))

    assert document.text == "The café “Acme” sells nothing.\n"

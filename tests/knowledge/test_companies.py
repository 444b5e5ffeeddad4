"""Companies: company.toml is checked once, and every refusal says what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.errors import BadPolicyError, UnknownCompanyError
from knowledge.companies import Company, find_company, read_company
from tests.knowledge.conftest import COMPANIES, POLICIES

BASIS = 'name = "Acme"\ncontact = "privacy@acme.example"\n'


def a_folder(parent: Path, toml: str | bytes, name: str = "acme") -> Path:
    folder = parent / name
    folder.mkdir()
    (folder / "company.toml").write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    return folder


def test_two_lines_are_enough(tmp_path: Path) -> None:
    """Name and contact are required; everything else has a default, and the folder's name is the id."""
    company = read_company(a_folder(tmp_path, BASIS))

    assert company == Company(id="acme", name="Acme", contact="privacy@acme.example")
    assert (company.accent, company.policy_title, company.allowed_origins) == ("#334155", "Privacy Policy", ())


def test_every_known_key_is_read(tmp_path: Path) -> None:
    """Each value ends up in its field."""
    toml = BASIS + (
        'aliases = ["ac me"]\nwebsite = "https://acme.example"\nlaws = ["gdpr", "ccpa"]\naccent = "#0F766e"\n'
        'allowed_origins = ["https://acme.example"]\npolicy_title = "Notice"\n'
        'country = "FI"\ntime_zone = "Europe/Helsinki"\npromised_days = { access = 30 }\n'
    )

    company = read_company(a_folder(tmp_path, toml))

    assert company == Company(
        id="acme", name="Acme", contact="privacy@acme.example", website="https://acme.example", aliases=("ac me",),
        laws=("gdpr", "ccpa"), accent="#0F766e", allowed_origins=("https://acme.example",), policy_title="Notice",
        country="FI", time_zone="Europe/Helsinki", promised_days={"access": 30},
    )  # fmt: skip


@pytest.mark.parametrize("company", COMPANIES)
def test_the_five_companies_can_be_read(company: str) -> None:
    """What is shipped is valid."""
    result = read_company(POLICIES / company)

    assert result.id == company
    assert result.laws


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ('contact = "a@b.example"', 'name must be a text, such as name = "…"'),
        ('name = "Acme"', 'contact must be a text, such as contact = "…"'),
        ('name = "  "\ncontact = "a@b.example"', "name must be a text"),
        ('name = 7\ncontact = "a@b.example"', "name must be a text"),
        ('name = "Acme"\ncontact = ["a@b.example"]', "contact must be a text"),
        (BASIS + 'laws = "gdpr"', "laws must be a list of texts"),
        (BASIS + "aliases = [1, 2]", "aliases must be a list of texts"),
        (BASIS + 'allowed_origins = { a = "b" }', "allowed_origins must be a list of texts"),
        (BASIS + "website = true", "website must be a text"),
        (BASIS + "policy_title = 1", "policy_title must be a text"),
        (BASIS + 'allowed_origins = ["https://acme.example/shop"]', "allowed_origins holds origins such as"),
        (BASIS + 'allowed_origins = ["https://a.example; script-src *"]', "allowed_origins holds origins such as"),
        (BASIS + 'policy_url = "javascript:alert(1)"', "policy_url must be an address"),
        (BASIS + "policy_url = 7", "policy_url must be a text"),
        (BASIS + "accent = 255", "accent must be a text"),
        (BASIS + 'accent = "teal"', 'accent must be a colour such as "#0f766e"'),
        (BASIS + 'accent = "#0f766e; } body { display: none"', "accent must be a colour"),
        (BASIS + 'country = "Germany"', 'country must be a code of two letters, such as country = "DE"'),
        (BASIS + "country = 7", "country must be a code of two letters"),
        (BASIS + 'time_zone = "Mars/Olympus"', "time_zone must be an IANA name"),
        (BASIS + "time_zone = 1", "time_zone must be an IANA name"),
        (BASIS + "promised_days = 30", "promised_days must name days by request"),
        (BASIS + "promised_days = { access = 0 }", "promised_days must name days by request"),
        (BASIS + 'promised_days = { access = "30" }', "promised_days must name days by request"),
        (BASIS + "promised_days = { access = true }", "promised_days must name days by request"),
        (BASIS + "promised_days = { access = 4000 }", "promised_days must name days by request"),
        (BASIS + 'acent = "#0f766e"', "unknown key 'acent'; known: accent, aliases, allowed_origins, contact"),
        (BASIS + 'id = "other"', "unknown key 'id'"),
        ("name = Acme", "is not valid TOML"),
        (b'name = "Gesch\xe4ft"', "is not valid TOML"),
    ],
)
def test_a_company_toml_that_is_wrong_is_refused(tmp_path: Path, toml: str | bytes, reason: str) -> None:
    """The message names the file, the key, and the expected value."""
    folder = a_folder(tmp_path, toml)

    with pytest.raises(BadPolicyError) as refused:
        read_company(folder)

    assert str(refused.value).startswith("acme/company.toml")
    assert reason in str(refused.value)


def test_a_missing_company_toml_is_refused(tmp_path: Path) -> None:
    """The message says what to write."""
    (tmp_path / "acme").mkdir()

    with pytest.raises(BadPolicyError) as refused:
        read_company(tmp_path / "acme")

    assert str(refused.value) == 'acme/company.toml is missing: write one with name = "…" and contact = "…"'


def test_a_company_toml_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    """An unreadable file is refused like an invalid one."""
    (tmp_path / "acme" / "company.toml").mkdir(parents=True)

    with pytest.raises(BadPolicyError, match=r"^acme/company\.toml cannot be read"):
        read_company(tmp_path / "acme")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Windows editors write one, as they do in a policy."""
    assert read_company(a_folder(tmp_path, b"\xef\xbb\xbf" + BASIS.encode())).name == "Acme"


@pytest.mark.parametrize("name", ["Acme", "acme inc", "acme_inc", "-acme", "acmé", "a" * 41])
def test_a_folder_with_another_kind_of_name_is_refused(tmp_path: Path, name: str) -> None:
    """The name is an id in addresses and commands."""
    folder = a_folder(tmp_path, BASIS, name)

    with pytest.raises(BadPolicyError, match="a company's folder is named in lower case letters, digits and hyphens") as refused:
        read_company(folder)

    assert str(refused.value).startswith(name)


def test_a_known_company_is_found() -> None:
    """The id is the key."""
    acme = Company("acme", "Acme", "a@acme.example")

    assert find_company({"acme": acme}, "acme") is acme


def test_an_unknown_company_lists_the_known_ones() -> None:
    """Whoever mistypes an id sees the right ones, sorted; what was typed is cut short."""
    companies = {name: Company(name, name, "x") for name in ("globex", "acme")}

    with pytest.raises(UnknownCompanyError) as unknown:
        find_company(companies, "acne" + "!" * 100)

    assert str(unknown.value).endswith("known: acme, globex")
    assert len(str(unknown.value)) < 100
    assert unknown.value.known == ["acme", "globex"]


def test_without_any_company_the_cure_is_named() -> None:
    """Nothing ingested yet is the likeliest reason."""
    with pytest.raises(UnknownCompanyError, match="known: none, run `candor ingest`"):
        find_company({}, "acme")

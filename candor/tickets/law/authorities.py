"""Where a person can complain about an answer, by law. Letters of refusal name it."""

from __future__ import annotations

# Each from the statute's own article on complaints; the addresses are the authorities' own sites.
ROUTES = {
    "gdpr": "the data protection authority of the country in which you live or work, or where you think the law was broken "
    "(Art. 77 GDPR; all of them are listed at edpb.europa.eu)",
    "uk_gdpr": "the Information Commissioner's Office (Art. 77 UK GDPR; ico.org.uk)",
    "ccpa": "the California Privacy Protection Agency (Civil Code § 1798.199.45; cppa.ca.gov)",
    "vcdpa": "us first, by an appeal, which is a reply to this letter; then the Attorney General of Virginia "
    "(Code of Virginia § 59.1-577(C); oag.state.va.us)",
    "lgpd": "the Autoridade Nacional de Proteção de Dados (Art. 18 § 1 LGPD; gov.br/anpd)",
    "pipeda": "the Privacy Commissioner of Canada (s. 11 PIPEDA; priv.gc.ca)",
    "popia": "the Information Regulator of South Africa (s. 74 POPIA; inforegulator.org.za)",
    "ukraine": "the Ukrainian Parliament Commissioner for Human Rights, or a court (Art. 8(2)(8) of the Law on Personal Data "
    "Protection; ombudsman.gov.ua)",
}  # fmt: skip
ANYWHERE = "the data protection authority of the country in which you live"


def complaint_route(law: str) -> str:
    """Where to complain, as the end of "You can complain to …"."""
    return ROUTES.get(law, ANYWHERE)

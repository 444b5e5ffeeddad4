"""Made-up streets and addresses for scripts/made_messages.py, as people in many countries write them down."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from faker import Faker

KINDS = Path(__file__).with_name("tagger") / "streets.txt"
LOCALES = """
    bg_BG cs_CZ da_DK de_AT de_CH de_DE el_GR en_AU en_CA en_GB en_IE en_IN en_NZ en_US es_AR es_CL es_CO es_ES es_MX et_EE
    fi_FI fr_BE fr_CA fr_CH fr_FR hr_HR hu_HU id_ID it_IT lt_LT nl_BE nl_NL no_NO pl_PL pt_BR pt_PT ro_RO ru_RU sk_SK sl_SI
    sv_SE tr_TR uk_UA vi_VN
"""


def kinds() -> dict[str, list[str]]:
    """Group → its entries: how streets are called, what they are named after, and how flats and floors are written."""
    groups: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in KINDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            entries = groups[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            entries += [entry.strip() for entry in line.split("|") if entry.strip()]
    return groups


class StreetMaker:
    """Makes streets. names: a made-up name, from which half of the streets have theirs; towns: a town behind them."""

    def __init__(self, rng: random.Random, names: Callable[[], str], towns: Callable[[], str]) -> None:
        self._rng, self._names, self._towns = rng, names, towns
        self._fakes = [Faker(locale) for locale in LOCALES.split()]
        self._kinds = kinds()

    def street(self) -> str:
        """A street with its number, sometimes with the flat."""
        rng = self._rng
        street = self._invented() if rng.random() < 0.5 else rng.choice(self._fakes).street_address().replace("\n", ", ")
        if not any(map(str.isdigit, street)):
            street = f"{street} {self._number()}"
        chosen = rng.random()
        if chosen < 0.14:
            return f"{street}{rng.choice((', ', ' '))}{self._one('flats').format(rng.randint(1, 40))}"
        if chosen < 0.18:
            return street + rng.choice("abcd")
        return f"{street}/{rng.randint(1, 30)}" if chosen < 0.22 else street

    def address(self) -> str:
        """A street with its postcode and town."""
        rng, fake = self._rng, self._rng.choice(self._fakes)
        street = fake.street_address().replace("\n", ", ") if rng.random() < 0.4 else self.street()
        if not any(map(str.isdigit, street)):
            street = f"{self._number()} {street}"
        town = rng.choice((fake.city(), self._towns()))
        code = fake.postcode() if hasattr(fake, "postcode") else str(rng.randint(1000, 99999))
        joint = rng.choice((", ", ", ", ", ", " ", "\n", "; "))
        forms = ("{s}{j}{c} {t}", "{s}{j}{t} {c}", "{s}{j}{c}", "{s}{j}{t}, {c}", "{s}{j}{t}", "{c} {t}{j}{s}")
        return rng.choice(forms).format(s=street, j=joint, c=code, t=town)

    def _one(self, group: str) -> str:
        return self._rng.choice(self._kinds[group])

    def _number(self) -> str:
        rng, chosen = self._rng, self._rng.random()
        number = rng.randint(1, rng.choice((30, 130, 400)))
        if chosen < 0.72:
            return str(number)
        if chosen < 0.86:
            return f"{number}{rng.choice('ABCDabcd')}"
        return f"{number}-{number + rng.randint(1, 9)}" if chosen < 0.95 else str(rng.randint(1000, 12999))

    def _named(self) -> str:
        """What a street is named after."""
        return self._names() if self._rng.random() < 0.5 else self._one("english names")

    def _invented(self) -> str:
        rng, number = self._rng, self._number()
        forms: tuple[tuple[float, Callable[[], str]], ...] = (
            (0.22, lambda: f"{number} {self._named()} {self._one('english kinds')}"),
            (0.30, lambda: f"{self._named()} {self._one('english kinds')} {number}"),
            (0.34, lambda: f"{number} {self._one('of america')} {self._named()} {self._one('english kinds')}"),
            (0.37, lambda: f"{rng.randint(100, 9900)} {self._one('of america')} {self._named()}"),
            (0.42, lambda: f"{number} {self._named()}"),
            (0.45, lambda: f"{number} the {self._one('english kinds')}{rng.choice(('', 's'))}"),
            (0.55, lambda: f"{self._names()} {number}"),
            (0.70, lambda: f"{self._one('before')} {self._of_language()} {self._numbered(number)}"),
            (0.80, lambda: f"{self._names().rstrip('s')}{self._one('behind')} {number}"),
            (0.89, lambda: f"{self._of_language()} {self._one('apart')} {self._numbered(number)}"),
            (0.94, lambda: f"{self._one('houses')} {number}, {self._named()} {self._one('english kinds')}"),
            (1.00, lambda: self._one("forms").format(n=number, m=rng.randint(1, 99), k=rng.randint(1, 20), s=self._names())),
        )
        chosen = rng.random()
        return next(form for share, form in forms if chosen < share)()

    def _of_language(self) -> str:
        """What streets of other countries are named after: a name, two, or a word of theirs."""
        chosen = self._rng.random()
        if chosen < 0.4:
            return self._names()
        return f"{self._names()} {self._names()}" if chosen < 0.6 else self._one("names")

    def _numbered(self, number: str) -> str:
        return f"{self._one('numbers')} {number}" if self._rng.random() < 0.18 else number

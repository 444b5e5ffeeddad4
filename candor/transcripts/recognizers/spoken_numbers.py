"""Numbers that are dictated: "oh seven nine, double four, 55", "zéro six douze trente-quatre"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from candor.transcripts.patterns import word_set
from candor.transcripts.recognizers.words import folded

# Digits, tens and hundreds in the languages that people write to Candor in, folded. Some are other words elsewhere ("to",
# "once"), but so many in a row are no sentence.
SPOKEN = word_set(
    folded(
        "zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
        " null eins zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig"
        " siebzig achtzig neunzig"
        " zéro un deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante"
        " cinquante soixante quatre-vingt"
        " cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta cuarenta"
        " cincuenta sesenta setenta ochenta noventa"
        " due tre quattro cinque sei sette otto nove dieci undici dodici venti trenta quaranta cinquanta sessanta settanta"
        " ottanta novanta um uma dois duas três sete oito dez vinte trinta"
        " nul één een twee drie vijf zes zeven negen tien twintig dertig veertig vijftig"
        " noll nul ett en to två fyra fire fem seks sex sju syv åtta åtte otte nio ni tio ti"
        " nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän"
        " jeden dwa trzy cztery pięć sześć siedem osiem dziewięć"
        " ноль один два три четыре пять шесть семь восемь девять нуль чотири п'ять шість сім вісім дев'ять"
    )
)
TIMES = {"double": 2, "triple": 3, "treble": 3, "doppel": 2}  # how many digits the next word stands for
PART = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)|(?P<digits>\d{1,4}(?!\d))|(?P<gap>[ ,.\u00a0-]{1,3})|(?P<other>.)", re.DOTALL
)
FEWEST_WORDS, FEWEST_DIGITS = 3, 7  # of one number; fewer are said of anything


def is_spoken(plain: str) -> bool:
    """Whether a folded word is a number, or several: "trente-quatre"."""
    return plain in SPOKEN or ("-" in plain and all(part in SPOKEN for part in plain.split("-")))


def spoken_numbers(low: str) -> Iterator[tuple[int, int]]:
    """Where a lowered text dictates a number of at least as many digits as a phone has. Tens count as one."""
    start, end, words, digits, factor = -1, -1, 0, 0, 1
    for match in PART.finditer(low):
        kind = match.lastgroup
        if kind == "gap":
            continue
        plain = folded(match[0]) if kind == "word" else ""
        number = kind == "digits" or is_spoken(plain)
        if not number and plain not in TIMES and not (plain == "plus" and start < 0):
            if words >= FEWEST_WORDS and digits >= FEWEST_DIGITS:
                yield start, end
            start, words, digits, factor = -1, 0, 0, 1
            continue
        start = match.start() if start < 0 else start
        if number:
            end = match.end()
            words += kind == "word"
            digits += len(match[0]) if kind == "digits" else factor * (1 + plain.count("-"))
        factor = TIMES.get(plain, 1)
    if words >= FEWEST_WORDS and digits >= FEWEST_DIGITS:
        yield start, end

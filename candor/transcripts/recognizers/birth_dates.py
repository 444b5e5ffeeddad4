"""Dates of birth: a date beside a word for it. Other dates are what questions are about, and stay."""

from __future__ import annotations

from candor.transcripts.patterns import any_case
from candor.transcripts.spans import Claims

_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|may|mai|mayo"
    r"|june?|juni|juin|junio|july?|juli"
    r"|juillet|julio|aug(?:ust)?|août|agosto|sept?(?:ember|embre|iembre)?|oct(?:ober|obre|ubre)?|okt(?:ober)?"
    r"|nov(?:ember|embre|iembre)?|dec(?:ember)?"
    r"|dez(?:ember)?|déc(?:embre)?|enero|febrero|diciembre)\.?"
)
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.)?"
BIRTH_DATE = (
    rf"(?:(?:19|20)\d\d\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]"
    rf"|\d{{1,4}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,4}}|\d{{1,2}} \d{{1,2}} (?:19|20)\d\d|(?:19|20)\d{{6}}\b"
    rf"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d\d\b"
    rf"|{_DAY}\s?-?(?:of |de )?{_MONTH}(?:(?:,? |,|-|/| of | de ){_YEAR}\b)?|{_MONTH}\s?-?{_DAY}\b(?:(?:,? |,"
    rf"|-){_YEAR}\b)?|{_MONTH},? (?:19|20)\d\d|\d{{1,2}}[/.]\d{{1,2}}\b|(?:19|20)\d\d\b)"
)
_WORDS = (
    r"(?:d\.?\s?o\.?\s?b\.?|(?<=\()b\.|turn(?:ed|s|ing)? (?:1?\d\d|\d)(?= on\b| in\b)|dates?[- ]of[- ]birth|birth ?-?dates?"
    r"|birth ?-?days?|b-?day|bday|born|geb(?:oren|urtsdatum"
    r"|urtstag)?\.?|née?|naissance|nacid[oa]|nacimiento"
    r"|生年月日[はがを:：]?|出生日期[是为:：]?|生日[是为:：]?|생년월일[은는이:：]?|дата (?:рождения|народження)|дата на раждане"
    r"|data urodzenia"
    r"|datum narození|dátum narodenia|születési (?:dátum|idő)|syntymäaika|födelsedatum|fødselsdato|geboortedatum|geboren"
    r"|ημερομηνία γέννησης|doğum tarihi|तारीख ए पैदाइश|जन्म ?(?:तिथि|तारीख)|تاريخ (?:الميلاد|ميلادي)"
    r"|nascita|nascid[oa]|nascimento|född|født|fødd|fædd(?:ur)?|syntynyt|urodz(?:on[ya]|iłe?[am]*)|ur\.|народи\w{1,6}"
    r"|родил\w{1,4}|nat[oa](?= il\b)|nar(?:ozen[áa]?|odila?|odený|odená|\.)|rođen[ai]?|rojen[ai]?|születt?e(?:m|tt)"
    r"|născut[ăa]?|sündinud|dzim(?:is|usi)|gim(?:ęs|usi|iau)|γεννήθηκα|γεννημέν\w{1,3}|doğdum|doğumlu(?:yum)?)"
)
_BEHIND_GLUED = r"(?:生年月日[はが]?|出生日期[是为]?|生日[是为]?|생년월일[은는이]?)"  # a date follows without a blank
_CARDINAL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen)"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    r"|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_SPELT_DAY = rf"(?:(?:(?:twenty|thirty)[- ])?(?:{_ORDINAL}|{_CARDINAL})|twenty|thirty)"
_SPELT_YEAR = (
    rf"(?:(?:nineteen|twenty|two thousand)(?: hundred)?(?: and)?(?:[- ](?:oh ?)?(?:{_TENS}(?:[- ]{_CARDINAL})?|{_CARDINAL}))?)\b"
)
_ENDS = rf"(?:,? (?:of |in )?(?:{_YEAR}\b|{_SPELT_YEAR}))?"
# Only behind a word for births: a day and a year around a month in any language, and dates that are spelt out.
_SAID = (
    rf"(?:{_DAY} (?:de |do |del )?[^\W\d_]{{3,12}}\.? (?:de |del |do )?(?:19|20)\d\d\b"
    rf"|{_SPELT_DAY} (?:of )?{_MONTH}\b{_ENDS}|{_MONTH} (?:the )?(?:(?:twenty|thirty)[- ])?{_ORDINAL}\b{_ENDS}"
    rf"|{_DAY} (?:of )?{_MONTH},? {_SPELT_YEAR})"
)
BEFORE = any_case(
    rf"(?<!\w)(?:{_WORDS}(?!\w)(?P<gap>[^\n.!?]{{0,60}}?)(?<!\w)(?P<date>{_SAID}|{BIRTH_DATE})"
    rf"|{_BEHIND_GLUED}[:：\s]{{0,2}}(?P<glued>{BIRTH_DATE}))"
)
AFTER = any_case(
    rf"(?<![\w/.-])(?P<date>{BIRTH_DATE})\s?(?:\(|,|-|–)?\s?(?:is|was|=|as)?\s?(?:my|her|his|their|our son's"
    rf"|our daughter's)?\s?(?:the )?{_WORDS}(?!\w)"
)

CORRECTED = any_case(rf",? ?(?:and |but )?(?:not|instead of|rather than|or|was) (?P<date>{BIRTH_DATE})")  # "…, not 4 May 1989"
BOUND = any_case(r"\b(?:after|before|since|until|from|between)\b")  # "children born after 2010" are many


def claim_birth_dates(claims: Claims) -> None:
    """Mask dates of birth."""
    for pattern in (BEFORE, AFTER):
        for match in pattern.finditer(claims.low):
            if not BOUND.search(match[0]):
                group = "date" if match["date"] else "glued"
                claims.claim("birthdate", *match.span(group))
                corrected = CORRECTED.match(claims.low, match.end(group))
                if corrected:
                    claims.claim("birthdate", *corrected.span("date"))

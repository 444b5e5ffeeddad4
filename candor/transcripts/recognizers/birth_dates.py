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
    r"|nascita|nascid[oa]|nascimento|född|født|syntynyt|urodzon[ya]|народи\w{1,6}|родил\w{1,4})"
)
BEFORE = any_case(rf"(?<!\w){_WORDS}(?!\w)(?P<gap>[^\n.!?]{{0,60}}?)(?<!\w)(?P<date>{BIRTH_DATE})")
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
                claims.claim("birthdate", *match.span("date"))
                corrected = CORRECTED.match(claims.low, match.end("date"))
                if corrected:
                    claims.claim("birthdate", *corrected.span("date"))

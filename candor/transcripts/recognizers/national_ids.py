"""Which country's identifier a number is, by its form and check digits (python-stdnum)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from candor.transcripts.patterns import any_case

# Form → the modules of python-stdnum that check it. Without separators, in capitals. The surest first: a date of birth within,
# or two check digits. Where one check digit is all, one number in ten passes by chance: those are asked for last, or only
# beside a word for them (recognizers/beside_words.py).
SURE = (
    (r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]", ("fi.hetu",)),
    (r"[A-Z]{6}[\dL-V]{2}[A-Z][\dL-V]{2}[A-Z][\dL-V]{3}[A-Z]", ("it.codicefiscale",)),
    (r"[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]", ("in_.pan",)),
    (r"\d{8}[A-Z]", ("es.dni", "sg.uen")),
    (r"[XYZ]\d{7}[A-Z]", ("es.nie",)),
    (r"\d{7}[A-W][A-IW]?", ("ie.pps",)),
    (r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", ("mx.curp",)),
    (r"\d{8}\d[A-Z]{2}\d", ("pt.cc",)),
    (r"\d{10}", ("bg.egn", "dk.cpr", "cz.rc", "se.personnummer", "is_.kennitala", "at.vnr")),
    (r"\d{11}", ("pl.pesel", "be.nn", "no.fodselsnummer", "ee.ik", "gr.amka", "tr.tckimlik", "br.cpf", "de.idnr", "hr.oib")),
    (r"\d{12}", ("se.personnummer",)),
    (r"\d{13}", ("za.idnr", "ro.cnp", "ch.ssn", "si.emso", "kr.rrn")),
    (r"\d{15}|\d{5}2[AB]\d{8}", ("fr.nir",)),
    (r"\d{17}[0-9X]", ("cn.ric",)),
)
UNSURE = (
    (r"\d{9}", ("nl.bsn", "il.idnr", "ca.sin", "au.tfn", "pt.nif")),
    (r"\d{10}", ("gb.nhs", "ua.rntrc")),
    (r"\d{12}", ("in_.aadhaar",)),
    (r"\d{13}", ("th.pin",)),
    (r"\d{7,8}[0-9K]", ("cl.rut",)),
)
# Identifiers without a check digit, or with separators that make their form plain.
SHAPES = any_case(
    r"(?<![\w-])(?:(?!000|666|9\d\d)\d{3}[- ](?!00)\d\d[- ](?!0000)\d{4}"  # USA: social security number
    r"|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"  # United Kingdom: national insurance number
    r"|\d{3}\.\d{3}\.\d{3}-\d\d"  # Brazil: CPF
    r"|756\.\d{4}\.\d{4}\.\d\d"  # Switzerland
    r"|\d{6}[-+]\d{4}"  # Sweden, Denmark
    r"|\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]"  # Finland
    r"|\d\d\.\d\d\.\d\d-\d{3}\.\d\d"  # Belgium
    r"|[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: ?\d\d)?"  # France: NIR
    r"|[STFGM]\d{7}[A-Z]"  # Singapore
    r"|\d{7,8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]"  # Spain
    r"|\d{1,2}\.\d{3}\.\d{3}-[\dK]"  # Chile
    r")(?![\w-])"
)


@cache
def _checks(*, sure: bool) -> tuple[tuple[re.Pattern[str], tuple[Callable[[str], bool], ...]], ...]:
    return tuple(
        (re.compile(form), tuple(import_module(f"stdnum.{name}").is_valid for name in names))
        for form, names in (SURE if sure else UNSURE)
    )


def is_national_id(number: str, *, sure: bool = True) -> bool:
    """Whether a number, in capitals and without separators, passes some country's check digits.

    sure: only forms that other numbers hardly pass by chance.
    """
    forms = _checks(sure=True) if sure else (*_checks(sure=True), *_checks(sure=False))
    return any(check(number) for form, checks in forms if form.fullmatch(number) for check in checks)

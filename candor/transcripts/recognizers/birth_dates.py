"""Dates of birth: a date beside a word for it, or behind a name. Other dates are what questions are about, and stay."""

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
# The stems of months in the languages that people write to Candor in; any of them may be said behind a word for a birthday.
_STEMS = (
    r"(?:jan|jän|gen|ene|ian|sij|janv|led|stycz|tammi|jaan|saus|oca|ιαν|янв|січ|feb|fév|fev|febbr|lut|úno|uno|velj|helmi|veeb|vas"
    r"|şub|φεβ|фев|лют|mar|mär|maa|ožu|břez|brez|kov|берез|μαρ|мар|maret|apr|abr|avr|kwie|dub|trav|huhti|bal|nis|απρ|квіт|апр"
    r"|ma[iyjğ]"
    r"|mag|květ|kvet|svib|touko|geg|травн|μα[ϊΐι]|ма[йя]|mei|jun|juin|giu|iun|czerw|červ|cerv|lip|kesä|birž|haz|ιουν|черв|июн|юни"
    r"|jul"
    r"|juil|lug|iul|srp|heinä|liep|tem|ιουλ|лип|июл|юли|aug|ago|aoû|sierp|kol|elo|rugp|ağu|αυγ|серп|авг|agu|sep|set|wrz|zář|zar"
    r"|ruj"
    r"|syys|rugs|eyl|σεπ|верес|сен|oct|okt|ott|out|paź|paz|říj|rij|listop|loka|spal|eki|οκτ|жовт|nov|noi|studen|marras|lapk|kas"
    r"|νοε"
    r"|лист|ноя|dec|dez|dic|déc|gru|pros|joul|gruod|ara|δεκ|груд|дек|des)[^\W\d_]{0,9}"
)
_ROMAN = r"(?:xi{0,2}|i?x|vi{0,3}|i?v|i{1,3})"
_YEAR = r"(?:(?:19|20)\d\d|['’]?\d\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.)?"
# Years of other calendars: by an emperor's or a republic's era; the Islamic, the Persian, the Thai and the Jewish count.
_ERA = (
    r"(?:(?:meiji|taish[oō]|sh[oō]wa|heisei|reiwa|明治|大正|昭和|平成|令和|民國|民国|(?<![^\W_])[mtshr](?=\d\d?\.\d))\s?\d{1,3}"
    r"\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?日)?)"
)
_YEAR_ELSEWHERE = r"(?:1[345]|2[45]|57)\d\d"
BIRTH_DATE = (
    rf"(?:{_ERA}|(?:19|20)\d\d\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]"
    rf"|\d{{1,4}}\s?[-/.]{{1,2}}\s?\d{{1,2}}\s?[-/.]{{1,2}}\s?\d{{1,4}}|\d{{1,2}} \d{{1,2}} (?:19|20)\d\d|(?:19|20)\d{{6}}\b"
    rf"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d\d\b"
    rf"|{_DAY}\s?[-.]?(?:of |de )?{_MONTH}(?:(?:19|20)\d\d\b|(?:,? |,|-|/|\.| of | de ){_YEAR}\b)?"
    rf"|{_MONTH}\s?-?(?:the )?{_DAY}\b(?:(?:,? |,|-){_YEAR}\b)?|{_DAY}[-/. ]{{1,2}}{_ROMAN}[-/. ]{{1,2}}{_YEAR}\b"
    rf"|{_MONTH},? (?:(?:19|20)\d\d|['’]\d\d)|(?:19|20)\d\d {_MONTH} {_DAY}|\d{{1,2}}[/.]\d{{1,2}}\b|(?:19|20)\d\d\b)"
)
# In the languages that people write to Candor in.
_WORDS = (
    r"(?:d\.?\s?o\.?\s?b\.?|y\.?o\.?b\.?|bd(?=\s?[:\d])|(?<=\()b\.|b\.(?=\s?(?:19|20)\d\d)|came into (?:this|the) world|turn(?:ed"
    r"|s|ing)? (?:1?\d\d"
    r"|\d)(?= on\b| in\b| (?:this|next) year\b)|birth year|geburtsjahr|jahrgang|dates?[- ]of[- ]birth"
    r"|birth ?-?dates?|birth ?-?days?|b-?day|bday|birth|born|(?:is|was|be) (?:1?\d\d|\d|[a-z]{3,9}(?:teen|ty)|ten|eleven|twelve"
    r"|nine) on|cumpl[oe](?: años)?|hago (?:los )?(?:\d+|años)"
    r"|geb(?:oren|urtsdatum|urtstag)?\.?|n[ée]e?|n[ée]\(e\)|ddn|naissance|anniversaire"
    r"|nacid[oa]|nacimiento|nac\.|nac[íi](?= (?:el|en)\b)|cumplea[ñn]os|cumple(?= )|nascita|compleanno|nat[oa](?= (?:il|nel|a)\b)"
    r"|nascid[oa]|nascimento|nasci(?= (?:em|no|a)\b)|anivers[áa]rio|geboortedatum|verjaardag|jarig|gebore|verjaar(?:sdag)?"
    r"|född|födelse(?:datum|dag)|fyller år|født|fødsels(?:dato|dag)|født|fødd|bursdag|fædd(?:ur)?|afmælisdagur"
    r"|synty?nyt|synnyin|syntymä(?:aika|päivä|aikani|päiväni)|urodz(?:on[ya]|iłe?[am]*)|data urodzenia|urodziny|ur\."
    r"|nar(?:ozen[áaý]?|odila?|odený|odená|\.)|datum narození|narozeniny|dátum narodenia|narodeniny"
    r"|születt?e(?:m|tt)|született|születési (?:dátum|idő|ideje?m?)|születésnap\w{0,3}|szül\.|nyár"
    r"|născut[ăa]?|nascut[ăa]?|data nașterii|zi(?:ua)?(?: mea)? de naștere|роден[аи]?|рожден(?:а дата| ден)|дата на раждане"
    r"|народи\w{1,6}|народжен\w{0,3}|(?:дата|день) (?:рождения|народження)|д\. ?[рн]\.|родил\w{1,4}|г\. ?р\."
    r"|γεννήθηκα|γεννημέν\w{1,3}|γενέθλι[αά]\w{0,3}|ημ(?:ερομηνία|\.)? ?γέννησης|γέννηση"
    r"|rođen[ai]?|rođendan|datum rođenja|rojen[ai]?|rojstni dan|datum rojstva|sündinud|sünni(?:päev|aeg|kuupäev)"
    r"|dzim(?:is|usi|\.)|dzimšanas (?:diena|datums)|gim(?:ęs|usi|iau|\.)|gimimo data|gimtadien\w{2}|twelid|data tat-twelid"
    r"|għeluq snin\w*"
    r"|rugadh|dáta breithe|lá breithe|breithlá|doğdum|doğumlu(?:yum)?|doğum (?:tarihi|günü)m?"
    r"|janamdin|janam(?: ?tithi)?|जन्म ?(?:तिथि|तारीख|दिन)?|तारीख ए पैदाइश|(?:tanggal )?lahir|ngày sinh|sinh (?:ngày|năm)"
    r"|kapanganakan|ipinanganak"
    r"|วันเกิด|生年月日[はがを:：]?|誕生日[はがを:：]?|出生日期[是为:：]?|生日[是为:：]?|"
    r"생년월일[은는이:：]?|생일[은는이:：]?|تاريخ (?:الميلاد|ميلادي)|مواليد)"
)
_SHORT = r"(?:(?:f|s|b|n|nac|nat|szül|gim|dzim|nar|ur|geb|r|р)\.\s?:?\s?|[*✶]\s?)"  # directly before a date: "f. 12.03.1985"
# A date follows without a blank.
_BEHIND_GLUED = r"(?:生年月日[はが]?|誕生日[はが]?|出生日期[是为]?|生日[是为]?|생년월일[은는이]?)"
_CARDINAL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen)"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    r"|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
    r"|(?:ers|zwei|drit|vier|fünf|sechs|sieb|ach|neun|elf|zwölf|[a-zü]{0,6}zehn)ten|[a-zäöü]{3,16}(?:zig|ßig)sten)"
)
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_SPELT_DAY = rf"(?:(?:(?:twenty|thirty)[- ])?(?:{_ORDINAL}|{_CARDINAL})|twenty|thirty)"
_SPELT_YEAR = (
    rf"(?:(?:nineteen|twenty|two thousand)(?: hundred)?(?: and)?(?:[- ](?:oh ?)?(?:{_TENS}(?:[- ]{_CARDINAL})?|{_CARDINAL}))?"
    rf"|{_TENS}(?:[- ]{_CARDINAL})?)\b"
)
_ENDS = rf"(?:,? (?:of |in )?(?:{_YEAR}\b|{_SPELT_YEAR}))?"
_OF = r"(?:de |do |del |di |of |the )?"
# Only behind a word for births: a day and a year around a month in any language, the year first as in Hungary and the Baltics,
# years of two digits, and dates that are spelt out.
_SAID = (
    rf"(?:{_DAY}\.? {_OF}{_STEMS}(?:,? {_OF}{_YEAR})?\b|{_DAY} {_OF}[^\s\d]{{3,14}} (?:de |del |do |of )?(?:19|20)\d\d\b"
    rf"|{_DAY} {_OF}{_OF}{_DAY} {_OF}{_YEAR}\b"
    rf"|(?:19|20)\d\d\.? ?(?:m\. |gada |г\. )?(?:[^\s\d]{{3,14}} {_DAY}(?!\d)|{_DAY} [^\s\d]{{3,14}})(?: d\.)?"
    rf"|{_DAY} {_OF}[^\s\d]{{2,14}}(?: [^\s\d]{{2,12}})?,? {_YEAR_ELSEWHERE}\b"
    rf"|{_SPELT_DAY} (?:of )?{_MONTH}\b{_ENDS}|{_MONTH} (?:the )?(?:(?:twenty|thirty)[- ])?{_ORDINAL}\b{_ENDS}"
    rf"|{_DAY} (?:of )?{_MONTH},? (?:in )?{_SPELT_YEAR}|{_STEMS} (?:the )?{_DAY},? {_OF}(?:19|20)\d\d\b"
    rf"|{_MONTH} (?:the )?{_DAY},? {_SPELT_YEAR}|\d{{1,2}} \d{{1,2}} \d\d\b|['’]\d\d\b|{_SPELT_YEAR}(?=[.,!?\n]|$)"
    rf"|\d{{1,2}} tháng \d{{1,2}}(?:,? năm)? (?:19|20)\d\d\b|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\b)"
)
BEFORE = any_case(
    rf"(?:(?<!\w)(?:{_WORDS}(?!\w)(?P<gap>[^\n.!?]{{0,60}}?)(?<![\w'’])(?P<date>{_SAID}|{BIRTH_DATE})"
    rf"|{_SHORT}(?P<short>{_DAY}[^\w\n]{{1,2}}[^\s\d]{{0,12}}(?:\d{{1,2}})?[^\w\n]{{1,2}}(?:19|20)\d\d)\b"
    rf")|{_BEHIND_GLUED}[:：\s]{{0,2}}(?P<glued>{BIRTH_DATE}))"
)
AFTER = any_case(
    rf"(?<![\w/.-])(?P<date>{BIRTH_DATE})\s?(?:\(|,|-|–)?\s?(?:(?:(?:that|this|it)(?:['’]s| is| was))|is|was|=|as)?\s?"
    rf"(?:(?:my|her|his|their|our son's|our daughter's)\s(?:(?:real|true|actual|legal|correct|own"
    rf"|full)\s)?)?(?:the )?{_WORDS}(?!\w)"
    r"|(?<![\w/.-])(?P<year>(?:19|20)\d\d) (?:baby|kid|born)\b"
    rf"|(?<![\w/.-])(?P<day>{BIRTH_DATE}),? (?:(?:my|our|his|her) \w{{2,12}}|i|he|she) (?:was|were) born\b"
)
GLUED_AFTER = any_case(rf"(?<!\w)(?P<date>{BIRTH_DATE})\s?(?:生まれ|生れ|출생|년생|年生|出生|生(?=[^\w]|$))")
# Behind an age or somebody near: "i am 17, 2009-03-12", "my daughter (4.10.2014)".
BEHIND_PERSON = any_case(
    r"\b(?:(?:(?:i['’]?m|i am|he is|she is|he['’]s|she['’]s|aged?|alter|edad|età)\s?\d{1,3}"
    r"(?:\s?(?:years? old|y/?o|yrs?|jahre(?: alt)?|ans|años|anni))?)"
    r"|husband|wife|son|daughter|child|kid|baby|boy|girl|mother|mum|mom|father|dad|brother|sister|twins?|gran|grandma|grandpa"
    r"|partner|nephew|niece|sohn|tochter|mann|frau|fils|fille|mari|femme|hijo|hija|marido|figlio|figlia|marito|moglie|zoon"
    r"|dochter|syn|córka|mąż|żona|sin|kćer|fiul|fiica|fia|lánya|poika|tytär|datter|dotter|filho|filha|син|донька|сын|дочь|male"
    r"|female|m|f)(?:\s?[,;:(/–-]\s?|\s(?:is|are|was|were)\s(?:from|of)\s)"
    rf"(?P<date>\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:19|20)\d\d|(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?"
    rf"|{_DAY} (?:of )?{_MONTH},? (?:19|20)\d\d|{_MONTH} {_DAY},? (?:19|20)\d\d)\b"
)
# Whoever writes a whole date of so long ago tells a birth, unless a law, a contract or the like is said to be of it.
LONG_AGO = any_case(
    rf"(?<![\w/.-])(?:\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?P<y1>(?:19|20)\d\d)"
    rf"|(?P<y2>(?:19|20)\d\d)[-/.]\d\d?[-/.]\d\d?|{_DAY}\s?[-/.]?(?:of )?{_MONTH}[-/.,]?\s?(?P<y3>(?:19|20)\d\d)"
    rf"|{_MONTH} (?:the )?{_DAY},? (?P<y4>(?:19|20)\d\d))\b(?!\d|[-/.]\d)"
)
OF_PAPERS = any_case(
    r"\b(?:acts?|directives?|laws?|regulations?|polic(?:y|ies)|versions?|effective|dated?|since|until|before|after|between"
    r"|updated?"
    r"|amended|terms|notices?|contracts?|agreements?|signed|opened|joined|registered|customer|member|founded|established|force"
    r"|published|decision|judg(?:e)?ment|ruling|case|filed|letters?|stand|fassung|seit|gesetz|loi|depuis|ley|desde|legge|dal|wet"
    r"|invoice|order(?:ed)?|bought|paid|hired|married|wedding|divorced?|died|death|deceased|moved|installed|statement|treaty)\b"
    r"(?:[^.!?\n]|\.(?=\d)){0,40}$"
)
PAPERS_AFTER = any_case(r"[^.!?\n]{0,12}\b(?:acts?|directive|law|regulation|policy|version|contract|agreement|terms|treaty)\b")
# "…, not 4 May 1989", "… but its 9 Sept 1976", "'62, on the 4th of July"
MORE = any_case(
    rf"[^\d\n!?]{{0,24}}?\b(?:not|instead of|rather than|or|was|is|its|it['’]s|on|in|(?:should|must|has to) (?:be|say"
    r"|read)|correct(?: is)?|really|to|year)"
    rf"(?: the)? (?P<date>{_SAID}|{BIRTH_DATE})|,? ?(?:the |on )?(?P<day>{_DAY} (?:of )?{_MONTH}(?! (?:19|20)\d\d)\b)"
)
BOUND = any_case(r"\b(?:after|before|since|until|from|between)\b")  # "children born after 2010" are many
# Behind a name: "Lachlan, 14 Feb 2015", "Ada Lovelace (1.2.1985)"; the day and the year make it one.
BEHIND_NAME = any_case(
    rf"(?:\s?[,;/(–-]\s?|\s)(?:born |b\. ?|geb\. ?|\* ?)?(?P<date>\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:19|20)\d\d"
    rf"|(?:19|20)\d\d-\d\d-\d\d|{_DAY} (?:of )?{_MONTH},? (?:19|20)\d\d|{_MONTH} {_DAY},? (?:19|20)\d\d"
    r"|\d{1,2}(?P<sign>[-/.])\d{1,2}(?P=sign)(?P<short>(?:0\d|1[0-7]|[3-9]\d)))\b(?![-/.]?\d)"
)
YEAR_OF_BIRTH = any_case(r"(?:19|20)\d\d")
LATEST_YEAR = 2017  # of a birth that nothing but a name before it tells; later dates are those of letters
ADULTS = 2009  # the year before which a date is long ago


def claim_birth_dates(claims: Claims) -> None:
    """Mask dates of birth: beside a word for them, behind a person, or so long ago that they are hardly anything else."""
    for pattern in (BEFORE, AFTER):
        for match in pattern.finditer(claims.low):
            if not BOUND.search(match[0]):
                group = next(name for name in ("date", "short", "glued", "year", "day") if match.groupdict().get(name))
                claims.claim("birthdate", *match.span(group))
                more = MORE.match(claims.low, match.end(group))
                if more:
                    claims.claim("birthdate", *more.span("date" if more["date"] else "day"))
    for match in () if claims.low.isascii() else GLUED_AFTER.finditer(claims.low):
        claims.claim("birthdate", *match.span("date"))
    if not YEAR_OF_BIRTH.search(claims.low):
        return
    for match in BEHIND_PERSON.finditer(claims.low):
        claims.claim("birthdate", *match.span("date"))
    for match in LONG_AGO.finditer(claims.low):
        year = int(next(filter(None, match.groups())))
        papers = OF_PAPERS.search(claims.low, max(0, match.start() - 60), match.start())
        if year < ADULTS and not papers and not PAPERS_AFTER.match(claims.low, match.end()):
            claims.claim("birthdate", *match.span())


def claim_dates_of_people(claims: Claims) -> None:
    """Mask dates that stand behind a name."""
    for span in claims.spans() if any(map(str.isdigit, claims.text)) else ():
        match = BEHIND_NAME.match(claims.low, span.end) if span.kind == "name" else None
        years = [int(year) for year in YEAR_OF_BIRTH.findall(match["date"])] if match else []
        if match and (match["short"] or (years and years[0] <= LATEST_YEAR)):
            claims.claim("birthdate", *match.span("date"))

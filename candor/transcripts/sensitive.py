"""Whether a message tells something of special protection about somebody: health, belief, sex life, origin, crime. Pure.

Such words are no identity and stay in the record, because answers rest on them; the console folds them, so that nobody reads
them in passing. Source: GDPR Art. 9(1) and 10.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from candor.transcripts.patterns import any_case, lowered

_WHO = (
    r"(?:\b(?:i|i['’]?m|i['’]?ve|im|ive|my|me|mine|we|our|he|he['’]s|his|she|she['’]s|her|they|their|son|daughter|wife"
    r"|husband|partner"
    r"|mother|mum|mom|father|dad|brother|sister|child|friend)\b|<name_\d+>)"
)
_WHAT = (
    # health
    r"diabet\w+|cancer|tumou?r|hiv|aids|depress(?:ion|ed)|(?<!me )anxiety|bipolar|adhd|autis\w+|autistic spectrum|on the spectrum"
    r"|asperger\w*|schizo\w+|psychos\w+|ptsd|epilep\w+|asthma|dementia|alzheimer\w*|parkinson\w*|stroke(?! of)|heart (?:attack"
    r"|disease"
    r"|failure|condition)|blood (?:type|group|test)|leuk[ae]*mia|hepatitis|herpes|chlamydia|std|covid|disab(?:led|ility)|deaf"
    r"|hard of hearing|blind(?! trust| to| spot)|wheelchair|pregnan\w+|abortion|miscarriage|ivf|infertil\w+|menopause|chemo\w*"
    r"|rehab"
    r"|addict\w*|alcoholic|overdose\w*|suicid\w+|self[- ]harm\w*|anorexi\w+|bulimi\w+|antidepressants?|insulin"
    r"|diagnos(?:ed|is)|medications?|surgery|mental(?:ly)? (?:health|ill\w*)|sick leave|allerg(?:y|ies)|allergic to (?:nuts?"
    r"|peanuts?|milk|eggs?|gluten|fish|penicillin|latex|bees?|pollen|cats?|dogs?)|therap(?:y|ist)"
    r"|psychiatrist|psychologist|kidney|dialysis|transplant|migraines?|multiple sclerosis|genetic (?:test|data|result)\w*"
    r"|dna test"
    r"|crohn['’]?s?|colitis|lupus|arthritis|fibromyalgia|endometriosis|thyroid|gout|eczema|psoriasis|c(?:o)?eliac|tinnitus"
    r"|insomnia|ocd"
    r"|borderline|panic attacks?|eating disorder|cholesterol|hypertension|my blood pressure|pacemaker|amput\w+|prosthe\w+|hospice"
    r"|terminally ill|cirrhosis|tuberculosis|syphilis|gonorrh\w+|hpv|pcos|hearing aids?|the pill|contracepti\w+|stillb\w+"
    r"|lost (?:a|the|our|my) baby|methadone|sertraline|prozac|lithium|ritalin|viagra|statins|morphine|opioids?|xanax|steroids"
    r"|hospitali[sz]ed|in hospital|intensive care|tumor"
    # belief
    r"|muslim|islam|jew(?:ish)?|judaism|christian(?! (?:country|name|dior))|catholic|hindu|sikh|buddhist|atheist|jehovah\w*"
    r"|mormon"
    r"|left the church|baptis[mt]\w*|converted to \w+|halal|kosher|hijab|turban|headscarf"
    r"|ramadan|pray(?:s|ed|er)?|(?:go|goes|went) to (?:mass|church|the mosque|the temple|synagogue)|bible (?:study|group)|parish"
    # sex life
    r"|gay|lesbian|bisexual|trans(?:gender|sexual)?|queer|non-?binary|asexual|sexual(?:ity| orientation)|sex tape|nudes"
    r"|naked (?:pictures?|photos?|pics)|came out as|not out (?:yet|at)|affair|escort"
    # unions, politics
    r"|trade union|union member\w*|member of (?:the |a |our )?[^\s.!?]{0,20} ?(?:union|party)|join(?:ed)? (?:the|a) (?:union"
    r"|party)"
    r"|works council|on strike|shop steward|union rep\w*|went to (?:the|a) (?:protest|rally|demonstration)"
    r"|(?:political )?activist|party member|communist|vote[ds]? (?:for|green|labour|left|right|conservative|republican|democrat)"
    # crime, and what was done to somebody
    r"|convict(?:ed|ion)|criminal record|arrest(?:ed)?|prison|jail|parole|probation|felony|asylum|refugee|undocumented"
    r"|deported|served (?:my |his |her )?time|suspended sentence|on bail|charged with|community service|sentenced"
    r"|raped?|abuse[ds]?|assault(?:ed)?|domestic violence|stalk(?:ed|ing|er)"
    # origin
    r"|roma|traveller|ethnic(?:ity)?"
)
WHO, WHAT = any_case(_WHO), any_case(rf"\b(?:{_WHAT})\b")
# The same in the languages that people also write in; a word for oneself must stand in the sentence, before or behind.
_SELF = (
    r"(?:ich|mein\w{0,2}|mir|mich|je|j['’]\w+|mon|ma|mes|moi|soy|estoy|tengo|mi|mis|yo|sono|sto|ho|mio|mia|sou|estou|tenho|meu"
    r"|minha|jestem|mam|mój|moja|moje|ik|mijn|jag|min|mitt|jeg|mit|olen|minulla|jsem|mám|můj|som|vagyok|nekem|sunt|am|я|мій"
    r"|моя|мене|мой|меня|у меня|είμαι|έχω|ben|benim)"
)
_ABROAD = (
    r"(?:diab[eèé]t\w+|cukrzyc\w+|krebs(?!gang)|cáncer|cancro|nowotw\w+|raka|onkolog\w+|hiv|vih|séropositi\w+|seropositi\w+"
    r"|depressi(?:v|on|f|ve|one)\w*|dépressi\w+|depresi\w+|depresj\w+|депрес\w+|schwanger\w*|enceinte|embarazad\w|incinta"
    r"|grávida|w ciąży|zwanger|gravid|raskaana|těhotn\w+|tehotn\w+|terhes|însărcinat\w|gravid\w|вагітн\w+|беременн\w+|έγκυος"
    r"|hamile\w*|behindert\w*|handicap\w*|discapacitad\w|disabil\w+|niepełnosprawn\w+|inwalid\w+|schwerbehindert\w*"
    r"|muslim\w*|musulm[aá]n\w*|muzułman\w+|jüdisch|juif|juive|judí[oa]|ebre[oa]|żydem|żydówką|katholisch|catholique|católic[oa]"
    r"|cattolic[oa]|lesbisch|lesbienne|lesbiana|schwul|homosexu\w+|homoseksu\w+|bisexu\w+|transgender\w*|gewerkschaft\w*"
    r"|betriebsrat|ig metall|ver\.di|syndiqué\w*|syndicat|sindicato|sindacato|zwiąsku zawodow\w+|związk\w+ zawodow\w+|vakbond"
    r"|fackförbund\w*|vorbestraft|gefängnis|prison|cárcel|prisión|carcere|prisão|więzieni\w+|vězení|tablettenabhängig|süchtig"
    r"|alkoholi\w+|alcoólic\w+|alcohólic\w+|epilep\w+|asthma|asma|autis\w+|krank\w*heit|psychisch krank|malade)"
)
SELF, ABROAD = any_case(rf"\b{_SELF}\b"), any_case(rf"\b{_ABROAD}\b")
NEAR = 60  # characters of a sentence between who it is and what
ASKED = any_case(rf"\b(?:do|does|did|will|would|can|could|are|is) (?:you|it|they|acme)\b[^.!?\n]{{0,80}}\b(?:{_WHAT})\b")
# "who sees my medication": of whoever asks so, something is told.
STORED = any_case(
    r"\b(?:my|his|her|our) (?:[a-z]+ (?:and|or) )?(?:fingerprints?|face (?:scan|print)|iris scan|voice ?print|genetic \w+|dna"
    r"|blood \w+"
    r"|medications?(?: list)?|medical (?:history|records?)|diagnosis|health (?:records?|history)|criminal record"
    r"|faith|religion|iris|retina|palm print|biometrics?)\b"
)


def is_sensitive(text: str) -> bool:
    """Whether somebody tells it of themselves or of somebody near. "Do you collect data on religion?" tells nothing."""
    return any(map(_tells, re.split(r"[!?\n]|\.(?!\w)", lowered(text))))


def _tells(sentence: str) -> bool:
    if STORED.search(sentence):
        return True
    said = [match.start() for match in WHAT.finditer(sentence)]
    if said and not ASKED.search(sentence) and _any_near([match.end() for match in WHO.finditer(sentence)], said):
        return True
    abroad = list(ABROAD.finditer(sentence))
    if not abroad:
        return False
    themselves = list(SELF.finditer(sentence))
    before = _any_near([match.end() for match in themselves], [match.start() for match in abroad])
    return before or _any_near([match.end() for match in abroad], [match.start() for match in themselves])


def _any_near(ends: Sequence[int], starts: Sequence[int]) -> bool:
    """Whether something starts a few characters behind the end of another. Both in order."""
    for start in starts:
        place = bisect_right(ends, start)
        if place and start - ends[place - 1] <= NEAR:
            return True
    return False

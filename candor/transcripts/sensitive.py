"""Whether a message tells something of special protection about somebody: health, belief, sex life, origin, crime. Pure.

Such words are no identity and stay in the record, because answers rest on them; the console folds them, so that nobody reads
them in passing. Source: GDPR Art. 9(1) and 10.
"""

from __future__ import annotations

import re

from candor.transcripts.patterns import any_case, lowered

_WHO = (
    r"(?:\b(?:i|i['’]?m|i['’]?ve|im|ive|my|me|mine|we|our|he|he['’]s|his|she|she['’]s|her|they|their|son|daughter|wife"
    r"|husband|partner"
    r"|mother|mum|mom|father|dad|brother|sister|child|friend)\b|<name_\d+>)"
)
_WHAT = (
    r"diabet\w+|cancer|tumou?r|hiv|aids|depress(?:ion|ed)|anxiety|bipolar|adhd|autis\w+|asperger\w*|schizo\w+|psychos\w+|ptsd"
    r"|epilep\w+|asthma|dementia|alzheimer\w*|parkinson\w*|stroke|leuk[ae]*mia|hepatitis|herpes|chlamydia|std|covid"
    r"|disab(?:led|ility)"
    r"|wheelchair|pregnan\w+|abortion|miscarriage|ivf|infertil\w+|menopause|chemo\w*|rehab|addict\w*|alcoholic"
    r"|overdose\w*|suicid\w+"
    r"|self[- ]harm\w*|anorexi\w+|bulimi\w+|antidepressants?|insulin|diagnos(?:ed|is)|medication|surgery"
    r"|mental(?:ly)? (?:health|ill\w*)"
    r"|sick leave|blood type|muslim|islam|jew(?:ish)?|christian|catholic|hindu|sikh|buddhist|atheist|jehovah\w*|mormon"
    r"|my (?:faith|religion)"
    r"|gay|lesbian|bisexual|trans(?:gender|sexual)?|queer|non-?binary|asexual|sexual(?:ity| orientation)|trade union"
    r"|union member"
    r"|convict(?:ed|ion)|criminal record|arrest(?:ed)?|prison|jail|parole|probation|felony|asylum|refugee|undocumented"
    r"|raped?|abuse[ds]?"
    r"|assault(?:ed)?|domestic violence|stalk(?:ed|ing|er)|roma|traveller|communist|party member|voted? for"
)
TOLD = any_case(rf"{_WHO}[^.!?\n]{{0,60}}?\b(?:{_WHAT})\b")
ASKED = any_case(rf"\b(?:do|does|did|will|would|can|could|are|is) (?:you|it|they|acme)\b[^.!?\n]{{0,80}}\b(?:{_WHAT})\b")


def is_sensitive(text: str) -> bool:
    """Whether somebody tells it of themselves or of somebody near. "Do you collect data on religion?" tells nothing."""
    low = lowered(text)
    return any(not ASKED.search(sentence) and TOLD.search(sentence) for sentence in re.split(r"[.!?\n]", low))

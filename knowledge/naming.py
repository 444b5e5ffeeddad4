"""Whether a passage names the thing that a question asks for. Pure.

The judge sees distances between vectors, and throws away passages that say in other words, in a list or under a heading, what
was asked. So before a policy's silence is claimed, the words themselves are compared: a question's content words, by their
stems and by small sets of words that visitors and policies use for one thing, with the words of a passage, of its headings and
of the lead-in of its list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from knowledge.kept import KeptByBytes
from knowledge.messages import EMPTY_WORDS, POINTING_WORDS
from knowledge.passages import Passage
from knowledge.words import stems

ENOUGH = 0.6  # share of the things asked for that a passage must name
NEARLY_ALL = 0.75  # share from which it is about just that
PHRASES = (  # several words for one thing, whose words alone mean something else
    (re.compile(r"\b(?:data (?:protection|privacy) officers?|privacy officers?|dpo)\b", re.IGNORECASE), "dpo"),
    (re.compile(r"\b(?:do[ -]not[ -]track|dnt)\b", re.IGNORECASE), "dnt"),
)  # fmt: skip
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words of nearly every question and every policy: they name no particular thing.
COMMON = (
    "actually anybody anyone anything app ask company could data detail details document everyone everything exactly find folks "
    "give going got guys happen happens hello hey info information know let little lot make makes maybe mean mine myself need "
    "people person personal place policy policies pls possible privacy put question really said saying see service services "
    "site someone something sort stuff sure take tell term thank thanks thing things think time under use used user users uses "
    "using want wanna way website work works wonder business system platform product customer customers kind type types just "
    "back without within between through during while because must might shall should would same other others another certain "
    "various every each only even here there's here's don't doesn't didn't won't can't isn't aren't i'm i've i'd you're you've "
    "what's who's where's that's it's gonna dont wont im ive right rights able allow allowed state"
)
# Words for one thing. Everyday words first, then those of policies; each is compared by its stem.
SAME = (
    "sell sold sale selling monetise monetize",
    "rent lease trade renting",
    "delete erase erasure remove wipe deletion destroy purge rid removal",
    "correct correction rectify rectification fix wrong inaccurate incorrect typo amend update mistake",
    "copy access download export portability portable portability",
    "cookie cookies tracker trackers",
    "child children kid kids minor minors teen teens teenager teenagers daughter son age old older young under-age underage",
    "police court authority authorities government enforcement subpoena cops law legal agency regulator",
    "complain complaint ombudsman supervisory watchdog regulator authority",
    "server servers located hosted location hosting host datacenter centre center country countries region abroad stored storage",
    "encrypt encrypted encryption ssl tls https scrambled cipher",
    "secure security safe protect protected protection safeguard safeguards hacked hack hacker hackers breach leak leaked",
    "email mail e-mail contact reach write touch address @",
    "postal address street post office registered letter",
    "phone telephone call number tel mobile",
    "owner owns run runs operated operates operator operate controller entity registered limited ltd inc llc gmbh",
    "long retain retention retained keep kept period stored months years days hold held",
    "ip address addresses internet",
    "gps location geolocation whereabouts position",
    "photo photos picture pictures image images camera selfie",
    "voice audio recording recordings record microphone mic speech call",
    "video videos recording recordings footage cctv",
    "card cards credit payment payments pay paid bank billing debit stripe paypal transaction transactions",
    "password passwords passphrase credential credentials login",
    "newsletter newsletters marketing promotional spam ads advertising unsubscribe promotions",
    "ad ads advert adverts advertising advertisers advertiser advertisement advertisements targeted",
    "unsubscribe opt-out optout opt out stop",
    "share shared sharing disclose disclosed disclosure pass passed hand third-party third party parties recipients",
    "partner partners affiliate affiliates subsidiaries subsidiary group parent",
    "merger acquisition acquired bought takeover bankrupt bankruptcy insolvency sold",
    "ai artificial intelligence ml machine learning train training model models algorithm algorithms",
    "profile profiling automated decision decisions algorithm",
    "health medical disease patient illness",
    "fingerprint biometric biometrics face facial",
    "chat chats message messages conversation conversations messaging",
    "google analytics statistics measure measurement",
    "facebook meta instagram linkedin twitter social",
    "job jobs apply applicant applicants candidate candidates recruitment cv resume application career",
    "boss employer employee employees staff worker workers personnel organisation organization administrator admin",
    "basis legal lawful grounds ground legitimate consent",
    "consent withdraw revoke permission agree",
    "update updated updates changed change changes revised revision modified amended effective version date dated",
    "california ccpa cpra californian",
    "europe european eu eea gdpr",
    "uk britain british kingdom england",
    "usa us america american states",
    "transfer transfers transferred abroad international overseas cross-border",
    "why purpose purposes reason reasons",
    "collect collected collection gather gathered obtain obtained capture",
    "backup backups copies",
    "log logs logged logging",
    "price cost costs fee fees charge free money",
    "object objection restrict restriction",
    "school schools student students pupil teacher education",
    "dead death deceased die dies died",
    "friend friends contacts contact addressbook book refer referral",
    "honour honor respect recognise recognize heed obey treat",
    "supplier suppliers vendor vendors provider providers subprocessor subprocessors processor processors contractor contractors",
)  # fmt: skip


@cache
def _sets_of_stem() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, words in enumerate(SAME):
        for stem in _stemmed(words.split()):
            found.setdefault(stem, set()).add(number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}


def _stemmed(words: Iterable[str]) -> list[str]:
    return [stem for word in words for stem in stems([word])[0]]


@cache
def _unspecific() -> frozenset[str]:
    return frozenset({*EMPTY_WORDS.split(), *POINTING_WORDS.split(), *COMMON.split()})


def things_in(question: str, *, names: Iterable[str] = ()) -> frozenset[str]:
    """The stems of a question's content words; without those of `names`, such as the company's own."""
    for phrase, thing in PHRASES:
        question = phrase.sub(thing, question)
    own = {word for name in names for word in WORD.findall(name.lower())}
    words = set(WORD.findall(question.lower().replace("’", "'"))) - _unspecific() - own
    return frozenset(_stemmed(word for word in words if not word.isdigit()))


def name_one_thing(one: str, other: str) -> bool:
    """Whether two texts name the same thing, in the same words or in others for it."""
    first, first_sets = _senses(one)
    second, second_sets = _senses(other)
    return bool(first & second or first_sets & second_sets)


@lru_cache(maxsize=1024)  # a question is compared with many passages, and so are headings with many questions
def _senses(text: str) -> tuple[frozenset[str], frozenset[int]]:
    things, sets = things_in(text), _sets_of_stem()
    return things, frozenset(number for thing in things for number in sets.get(thing, ()))


def share_named(things: frozenset[str], passage: Passage) -> float:
    """The share of the things that a passage names, itself or by its headings and lead-in; 0.0 if there are none."""
    if not things:
        return 0.0
    said, said_sets = _said_in(passage)
    sets = _sets_of_stem()
    named = [thing for thing in things if thing in said or sets.get(thing, frozenset()) & said_sets]
    return len(named) / len(things)


def _said_in(passage: Passage) -> tuple[frozenset[str], frozenset[int]]:
    """The stems of a passage with its headings and lead-in, and the numbers of the sets in SAME that they belong to."""
    return _SAID.get(passage, lambda: _read(passage))


def _read(passage: Passage) -> tuple[frozenset[str], frozenset[int]]:
    text = passage.readings[0]
    for phrase, thing in PHRASES:
        text = phrase.sub(thing, text)
    said = frozenset(stems([text])[0])
    sets = _sets_of_stem()
    return said, frozenset(number for stem in said for number in sets.get(stem, ()))


# Each question compares the same few passages several times. An entry also holds its passage, which is about as large.
_SAID = KeptByBytes[Passage, tuple[frozenset[str], frozenset[int]]](8 * 2**20)


def names_the_thing(things: frozenset[str], passage: Passage) -> bool:
    """Whether a passage may not be denied: it names what was asked for, or nearly all of it."""
    return share_named(things, passage) >= ENOUGH


def is_about_just_that(things: frozenset[str], passage: Passage) -> bool:
    """Whether a passage names nearly all that was asked for; who asks for an e-mail address must find one in it."""
    found = "email" not in things or EMAIL.search(passage.text)
    return bool(found) and share_named(things, passage) >= NEARLY_ALL

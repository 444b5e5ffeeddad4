"""A hit → the whole list that it belongs to, announces, or speaks about, for who asked for all of it. Pure.

"What rights do I have?" is not answered by one right, nor by "To exercise any of these rights, write to us". Such a list is
quoted from its first item to its last, under its lead-in, however long it is; channels fold what is long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.first_line import ASKS_YES_OR_NO
from knowledge.naming import name_one_thing
from knowledge.passages import Passage
from knowledge.quoting import Version
from knowledge.retrieval import Hit

ONLY_NAMES = 3  # words of an item that says something only with its list
LONGEST = 12_000  # characters of a list; what is longer is a chapter
# "You have certain rights, set forth below", "By law you have a number of rights": what is meant comes next.
ANNOUNCES = re.compile(r"\b(?:below|following|as follows|certain|a number of|several|various|these)\b", re.IGNORECASE)
BELOW = re.compile(r"\b(?:below|as follows)\b", re.IGNORECASE)  # of a lead-in that does not tell what follows
# Who asks for one of these aspects asks for a list, and how the list is called then.
LISTS = {
    "collection.general": r"collect\w*|gather\w*|receive",
    "legal_basis.general": r"(?:legal|lawful) (?:bas[ie]s|grounds?)",
    "rights.gdpr_uk": r"rights?",
    "rights.overview": r"rights?",
    "sharing.categories": r"shar\w+|disclos\w+|recipients?",
    "sharing.general": r"shar\w+|disclos\w+|recipients?",
    "use.purposes": r"us(?:e|es|ed|ing)|purposes?|why",
}
# What asks for several things of a kind asks for their list too: "which cookies", "what kinds of partners".
ASKS_WHICH = re.compile(
    r"^\W*(?:(?:and|but|so|hi|hello)\W+)*(?:which|what)(?: (?:kinds?|types?|sorts?|categories) of)?"
    r" (?!\w*(?:is|as|ss|does|happens)\b)(?:[\w-]+ )?[\w-]{3,}(?<![isu])s\b",
    re.IGNORECASE,
)


def whole_list_first(
    near: Sequence[Hit], question: str, aspect: str, considered: Sequence[Hit], passages: Sequence[Passage], version: Version
) -> list[Hit]:
    """The hits with the list of an aspect of LISTS first that the best of them belongs to, announces, or speaks about.

    considered: further hits; one from a list of the same section tells which list a sentence such as "To use these rights, write
    to us" speaks about. To a question that a yes or a no answers, a sentence is the better answer.
    """
    first, *others = near
    called = re.compile(rf"\b(?:{LISTS[aspect]})\b", re.IGNORECASE)
    whole = as_whole_list(first, passages, version)
    if first.passage.kind != "sentence":
        return [whole if whole.passage in passages or _is_called(called, whole.passage) else first, *others]
    if whole is not first or ASKS_YES_OR_NO.match(question.lower()):
        return [whole, *others]
    beside = (hit for hit in considered if hit.passage.kind != "sentence" and hit.passage.section == first.passage.section)
    lists = (as_whole_list(hit, passages, version) for hit in beside)
    found = next((hit for hit in lists if hit.passage.kind == "list" and _is_called(called, hit.passage)), None)
    return list(near) if found is None else [replace(found, score=first.score), *near]


def list_asked_for(hit: Hit, question: str, passages: Sequence[Passage], version: Version) -> Hit:
    """The list that an item belongs to, where a question asks which things of a kind there are, and its lead-in names them; else
    the hit itself.
    """
    whole = as_whole_list(hit, passages, version) if ASKS_WHICH.match(question) else hit
    return whole if whole is not hit and name_one_thing(question, _lead_in_of(whole.passage)) else hit


def _lead_in_of(whole: Passage) -> str:
    first, _, _ = whole.text.partition("\n")
    return whole.lead_in or (first if first.endswith(":") else "")


def _is_called(names: re.Pattern[str], whole: Passage) -> bool:
    """Whether a list's lead-in has one of the names in it; else, or where that only says "below", its heading."""
    lead_in, (first, _, _) = _lead_in_of(whole), whole.text.partition("\n")
    above = f"{whole.section.rpartition(' › ')[2]}. {first}" if not lead_in or BELOW.search(lead_in) else ""
    return bool(names.search(lead_in) or names.search(above))


def as_whole_list(hit: Hit, passages: Sequence[Passage], long_in: Version | None = None) -> Hit:
    """The list that an item belongs to, in place of the item; the hit itself if it is no item, or its list is too long.

    passages: all of the policy version, with the whole lists. long_in: the version, where a list may be quoted that is too long
    to be a passage, because all of it was asked for.
    """
    one = hit.passage
    if one.kind == "sentence" and long_in is not None and ANNOUNCES.search(one.text):
        return _with_its_list(hit, long_in)
    if one.kind != "item":
        return hit
    lists = (each for each in passages if each.kind == "list" and each.start <= one.start and one.end <= each.end)
    whole = next(lists, None) or (_long_list(one, long_in) if long_in else None)
    return hit if whole is None else replace(hit, passage=whole)


def only_names(passage: Passage) -> bool:
    """Whether a passage is an item that only names something, and is no evidence without its list: "LinkedIn"."""
    return passage.kind == "item" and len(passage.text.split()) <= ONLY_NAMES


def _with_its_list(hit: Hit, version: Version) -> Hit:
    """A sentence that announces a list, with that list, where it comes next; the hit itself where none does."""
    one, item = hit.passage, version.after(hit.passage.end)
    if item is None or item.kind != "item" or item.section != one.section:
        return hit
    whole = _long_list(item, version) or item
    if whole.end - one.start > LONGEST:
        return hit
    return replace(hit, passage=replace(version.resized(one, one.start, whole.end), kind="list"))


def _long_list(item: Passage, version: Version) -> Passage | None:
    """The items around one, as one quote: those of its section that follow the same lead-in, with nothing said between them but
    the items of lists within.
    """
    at = version.passages.index(item)
    first = last = item
    for before in reversed(version.passages[:at]):
        if not _of_one_list(before, first, version):
            if not _within_one_list(before, item):
                break
            continue
        first = before
    for after in version.passages[at + 1 :]:
        if not _of_one_list(last, after, version):
            if not _within_one_list(after, item):
                break
            continue
        last = after
    if first is last or last.end - first.start > LONGEST:
        return None
    return replace(version.resized(item, first.start, last.end), kind="list")


def _of_one_list(before: Passage, after: Passage, version: Version) -> bool:
    """Whether two items follow the same lead-in, or none and nothing stands between them."""
    same = (before.kind, before.section, before.lead_in) == (after.kind, after.section, after.lead_in)
    return same and (bool(before.lead_in) or not any(map(str.isalpha, version.text[before.end : after.start])))


def _within_one_list(other: Passage, item: Passage) -> bool:
    """Whether another item may stand in a list within the list of an item that has a lead-in."""
    return bool(item.lead_in) and other.kind == "item" and other.section == item.section

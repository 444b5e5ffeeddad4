"""What was typed → what is passed on. Pure."""

from __future__ import annotations

import unicodedata

from candor.errors import BadMessageError

INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}


def readable(text: str, *, longest: int) -> str:
    """The message as it is passed on: normalised (NFC), without control and invisible characters.

    Raises: BadMessageError for one that is empty, binary or too long.
    """
    text = unicodedata.normalize("NFC", text)
    odd = sum(unicodedata.category(letter) in {"Cc", "Cs", "Cn", "Co"} and letter not in "\n\r\t" for letter in text)
    if odd and odd >= 0.1 * len(text):
        raise BadMessageError("This does not look like text. Please type your question.")
    kept = "".join(
        letter for letter in text
        if letter in "\n\t" or (unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Co"} and letter not in INVISIBLE)
    ).strip()  # fmt: skip
    if not kept:
        raise BadMessageError("The message is empty. Please type your question.")
    if len(kept) > longest:
        raise BadMessageError(f"The message has {len(kept):,} characters; at most {longest:,} can be read. Please shorten it.")
    return kept

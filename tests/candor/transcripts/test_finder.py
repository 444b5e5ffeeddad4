"""What the finder reads is masked where nothing else knows better; without its export the rest still masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from candor.services import Services
from candor.transcripts.finder import N_FEATURES, Finder, FinderMissingError, beside, features_of, pieces_of
from candor.transcripts.masking import LONGEST_READ, find_personal_data
from candor.transcripts.tagger import LABELS, Floats, TaggedToken, tokens_in
from knowledge.encoder import file_sha256
from training import finder as training

NAME, ADDRESS = LABELS.index("name"), LABELS.index("address")


class FakeFinder(Finder):
    """Knows these words."""

    def __init__(self, **sure: tuple[int, float]) -> None:
        self.sure, self.read = sure, list[str]()

    def shares(self, text: str, tokens: list[TaggedToken]) -> Floats:  # type: ignore[override]
        self.read.append(text)
        shares = np.zeros((len(tokens), len(LABELS)), dtype=np.float32)
        for row, token in enumerate(tokens):
            label, share = self.sure.get(token.text, (0, 1.0))
            shares[row, label] = share
        return shares


def masked(text: str, finder: Finder, kept: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find_personal_data(text, kept, finder=finder)]


def test_a_word_of_which_it_is_sure_is_masked_with_those_beside_it() -> None:
    """A neighbour needs to be likelier than not; a word alone must be surer."""
    finder = FakeFinder(thistle=(NAME, 0.95), moss=(NAME, 0.6), pebble=(NAME, 0.8))

    assert masked("so thistle moss said you would ring, and pebble too", finder) == [("name", "thistle moss")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("what do you still keep about the people who only look around", False),
        ("Who reads it? Does anybody sell it?", False),
        ("the teacher ms hyacinth posted it", True),
        ("they gave it to Hyacinth", True),
        ("does thurlowe keep it too", True),
        ("they took it to 7 the green", True),
    ],
)
def test_what_names_nobody_is_not_read(text: str, read: bool) -> None:
    """Ordinary words alone: half of all questions, which cost no reading."""
    finder = FakeFinder()

    masked(text, finder)

    assert finder.read == [text] * read


def test_a_street_needs_a_number() -> None:
    """Else it is the name of a town, or of nothing."""
    finder = FakeFinder(pebble=(ADDRESS, 0.95), lot=(ADDRESS, 0.95), **{"9": (ADDRESS, 0.8)})

    assert masked("it went to lot 9 pebble and i wait", finder) == [("address", "lot 9 pebble")]
    assert masked("it went to pebble and i wait", finder) == []


def test_what_is_kept_or_where_somebody_lives_stays() -> None:
    """A question is answered by it."""
    finder = FakeFinder(pebble=(NAME, 0.99), moss=(NAME, 0.99))

    assert masked("does pebble sell what i type", finder, ("pebble",)) == []
    assert masked("i moved to moss last week", finder) == []


def test_a_long_message_is_not_read() -> None:
    """It would take longer than a message may."""
    finder = FakeFinder(pebble=(NAME, 0.99))

    assert masked("pebble says " + "so it is " * (LONGEST_READ // 9 + 1), finder) == []
    assert finder.read == []


def test_words_are_read_by_their_pieces() -> None:
    """The first and the last of each; what was cut off is not read."""
    tokens = tokens_in("unbelievably so far")
    offsets = [(0, 0), (0, 2), (2, 9), (9, 12), (13, 15), (0, 0)]

    assert pieces_of(offsets, tokens) == [(1, 3), (4, 4), (0, 0)]


def test_a_word_is_read_with_what_is_known_of_its_neighbours() -> None:
    """Case and lexicon, which the encoder does not see."""
    features = beside(features_of(tokens_in("Ask JOY: 7")))

    assert features.shape == (4, 3 * N_FEATURES)
    assert training.N_FEATURES == 3 * N_FEATURES
    assert features[1, 3] == 1  # in capitals
    assert (features[1, N_FEATURES : 2 * N_FEATURES] == features[0, :N_FEATURES]).all()


def test_without_an_export_the_rest_masks(parts: Services, tmp_path: Path) -> None:
    """And the cure is told."""
    with pytest.raises(FinderMissingError, match="make setup"):
        Finder(tmp_path)

    assert parts.conversations.finder is None
    assert [span.kind for span in parts.conversations.vault.find("my name is Ada Byron")] == ["name"]


def test_the_weights_are_those_that_were_measured() -> None:
    """Whoever tunes anew measures anew."""
    assert file_sha256(training.FILE) == training.SHA256


def test_digits_alone_are_no_address() -> None:
    """They may be the code that proves an address, which must be read."""
    sure = FakeFinder(**{"424234": (ADDRESS, 1.0), "Mill": (ADDRESS, 1.0), "12": (ADDRESS, 1.0)})

    assert masked("424234", sure) == []
    assert masked("12 Mill", sure) == [("address", "12 Mill")]

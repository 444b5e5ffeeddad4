"""Fitting the aspect mapper on the judged pairs: the figures that docs/evaluation.md prints come from here."""

from __future__ import annotations

import re

import numpy as np
import pytest

from candor.services import Services
from candor.settings import Settings
from knowledge.artefact import PolicyArtefact
from knowledge.aspect_mapper import AspectMapper, MapperWeights
from knowledge.aspects import read_aspects
from training.aspects import Labelled, labelled, read_labels, train


@pytest.fixture(scope="module")
def artefacts() -> list[PolicyArtefact]:
    """The five policies as they were ingested."""
    return list(Services(Settings()).knowledge.catalogue.every())


@pytest.fixture(scope="module")
def mapper() -> AspectMapper:
    return Services(Settings()).knowledge.mapper


@pytest.fixture(scope="module")
def versions(artefacts: list[PolicyArtefact], mapper: AspectMapper) -> list[Labelled]:
    return labelled(artefacts, mapper)


def test_each_label_refers_to_an_existing_passage_and_aspects(artefacts: list[PolicyArtefact]) -> None:
    """A changed policy or bank needs new labels; this test notices."""
    labels = read_labels()
    known = {aspect.id for aspect in read_aspects()}
    cut = [passage for artefact in artefacts for passage in artefact.passages]
    passages = {(passage.company, passage.version, passage.start, passage.end) for passage in cut}

    assert len(labels) >= 400
    assert set(labels) <= passages
    assert {aspect for right, partly in labels.values() for aspect in right | partly} <= known


def test_a_left_out_company_is_mapped_well(versions: list[Labelled]) -> None:
    """At most one in ten of its shown aspects is wrong, and most of what it says is found."""
    stated: list[str] = []

    train(versions, stated.append)

    shown, right, _, wrong = map(float, re.findall(r"\d+(?:\.\d+)?", stated[1]))
    assert shown > 150
    assert wrong <= 0.1
    assert right >= 0.75
    assert float(re.findall(r"0\.\d+", stated[2])[0]) >= 0.6


def test_training_twice_gives_the_same_weights(versions: list[Labelled]) -> None:
    """They are the shipped weights."""
    first, second, shipped = train(versions, lambda _: None), train(versions, lambda _: None), MapperWeights.load()

    assert np.array_equal(first.weights, second.weights)
    assert np.allclose(first.weights, shipped.weights, atol=0.02)


def test_the_five_policies_are_mapped_as_they_read(artefacts: list[PolicyArtefact]) -> None:
    """A few aspects on which no reader of the policies would disagree."""
    maps = {(artefact.company, artefact.version): artefact for artefact in artefacts}

    def said(company: str, version: str, aspect: str) -> list[str]:
        artefact = maps[company, version]
        assert artefact.aspect_map is not None
        return [artefact.passages[mention.passage].text for mention in artefact.aspect_map.mentions.get(aspect, ())]

    assert "We do not sell personal data." in said("cleverbox", "undated", "selling.sold")
    assert "Children under 13 years old are not allowed to use Clevio." in said("clevio", "2020-05-05", "children.minimum_age")
    assert said("cleverom", "undated", "cookies.used") == []
    assert said("clevra", "2026-01-15", "children.minimum_age") == []
    assert len(maps) == 5

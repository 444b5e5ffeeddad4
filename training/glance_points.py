"""The points that a glance shows of policies, real and fictional, without an index: what evaluation/glance_points.py scores."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from evaluation.glance_points import Point
from knowledge.aspect_map import SHOWN_FROM, passages_to_show
from knowledge.aspect_mapper import AspectMapper
from knowledge.embedding import Encoder
from training.cases import read_passages


def points_shown(policies: Path, companies: Collection[str], encoder: Encoder, mapper: AspectMapper) -> Iterator[Point]:
    """For each of these companies, each aspect on which a quote is shown, with the first quote. Takes seconds a policy."""
    for company, passages in read_passages(policies).items():
        if company not in companies:
            continue
        readings = np.stack([encoder.encode([passage.readings[way] for passage in passages]) for way in range(3)], axis=1)
        spoken = mapper.mention_probabilities(passages, readings)
        aspect_map = mapper.map(company, passages[0].version, passages, spoken)
        for aspect in sorted(aspect_map.spoken_of(SHOWN_FROM)):
            first = passages_to_show(aspect_map.of(aspect, SHOWN_FROM), passages)[0]
            yield company, aspect, " ".join(first.text.split())

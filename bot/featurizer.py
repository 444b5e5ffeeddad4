"""Sentence features for Rasa's classifier, from the same exported encoder that finds the evidence."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, ClassVar, Dict, List, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.encoder import OnnxEncoder

REQUEST_NUMBER = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
ANY_NUMBER = "R-7KQ4-M2XD"  # all are read as this one, so that a number's letters do not decide the intent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds two sentence vectors to each message, side by side: what it is about, and how it is put.

    `scale` and `middle_scale` multiply the unit vectors: Rasa's LogisticRegressionClassifier fixes its regularisation
    (C = 1), which is far too strong for features of length 1; scaling by s is the same as C = s².

    Vectors of training examples are cached, because cross-validation asks for each example ten times. What people write is
    never cached.
    """

    _trained_on: ClassVar[Dict[str, np.ndarray]] = {}

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "scale": 5.0, "middle_scale": 8.0, "encoder": "var/encoder"}

    @staticmethod
    def required_packages() -> List[str]:
        return ["onnxruntime", "tokenizers"]

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        folder = os.environ.get("CANDOR_ENCODER_DIR") or config["encoder"]
        self._encoder = OnnxEncoder(Path(folder))
        self._scales = float(config["scale"]), float(config["middle_scale"])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoderFeaturizer:
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Rasa requires it; `__init__` checks all there is."""

    def process(self, messages: List[Message]) -> List[Message]:
        self._add_features(messages)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [message for message in training_data.training_examples if message.get(TEXT)]
        new = sorted({message.get(TEXT) for message in examples} - self._trained_on.keys())
        self._trained_on.update(zip(new, self._vectors(new), strict=True))
        self._add_features(examples)
        return training_data

    def _add_features(self, messages: List[Message]) -> None:
        with_text = [message for message in messages if message.get(TEXT)]
        new = [message.get(TEXT) for message in with_text if message.get(TEXT) not in self._trained_on]
        fresh = iter(self._vectors(new))
        for message in with_text:
            known = self._trained_on.get(message.get(TEXT))
            vector = next(fresh) if known is None else known
            # Rasa also wants a feature for each token; the classifier reads only the sentence's.
            tokens = np.zeros((max(1, len(message.get(TEXT_TOKENS) or [])), 1), dtype=np.float32)
            for features, kind in ((tokens, FEATURE_TYPE_SEQUENCE), (vector[np.newaxis, :], FEATURE_TYPE_SENTENCE)):
                message.add_features(Features(features, kind, TEXT, self._config["alias"]))

    def _vectors(self, texts: List[str]) -> np.ndarray:
        """Shape: float32 (len(texts), 2 × dim)."""
        both = self._encoder.encode_both([REQUEST_NUMBER.sub(ANY_NUMBER, text) for text in texts])
        return np.hstack([vectors * scale for vectors, scale in zip(both, self._scales, strict=True)])

"""Sentence features for Rasa's classifier, from the same exported encoder that finds the evidence."""

from __future__ import annotations

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

from bot.encoder import encoder_folder, shared_encoder
from bot.kept_vectors import vectors_of_examples
from bot.reader import as_read


def encode_as_features(text: str) -> None:
    """Encode a message before Rasa asks for its features. Of use within `encoding_once` alone."""
    shared_encoder().encode_both([as_read(text)])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds two sentence vectors to each message, side by side: what it is about, and how it is put.

    `scale` and `middle_scale` multiply the unit vectors: one penalty (C = 1) holds for them and for the counts of words,
    which is far too strong for features of length 1; scaling by s is the same as C = s².

    Vectors of training examples are kept, in memory because cross-validation asks for each example ten times, and in a file
    beside the encoder because most examples stay the same from one training to the next. What people write is never kept.
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
        self._folder = encoder_folder(config["encoder"])
        self._encoder = shared_encoder(config["encoder"])
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
        texts = sorted({message.get(TEXT) for message in examples} - self._trained_on.keys())
        self._trained_on.update(zip(texts, self._kept_vectors(texts), strict=True))
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
        both = self._encoder.encode_both([as_read(text) for text in texts])
        return self._scaled(np.stack(both, axis=1))

    def _kept_vectors(self, texts: List[str]) -> np.ndarray:
        """The same for training examples, from the file where it has them. Shape: float32 (len(texts), 2 × dim)."""
        if not texts:
            return np.zeros((0, 2 * self._encoder.dim), dtype=np.float32)
        return self._scaled(vectors_of_examples([as_read(text) for text in texts], self._folder, self._encoder.id))

    def _scaled(self, both: np.ndarray) -> np.ndarray:
        """(n, 2, dim) → float32 (n, 2 × dim)."""
        scaled = both * np.array(self._scales, dtype=np.float32)[:, np.newaxis]
        return scaled.reshape(len(both), 2 * self._encoder.dim).astype(np.float32)

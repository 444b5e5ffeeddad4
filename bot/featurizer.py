"""Sentence features for Rasa's classifier, from the same exported encoder that finds the evidence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Type

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

from encoder import OnnxEncoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector a message: a batch at training, one text at run time.

    `scale` multiplies the unit vector: Rasa's LogisticRegressionClassifier fixes its regularisation (C = 1),
    which is far too strong for features of length 1; scaling by s is the same as C = s².
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "scale": 5.0, "encoder": "var/encoder"}

    @staticmethod
    def required_packages() -> List[str]:
        return ["onnxruntime", "tokenizers"]

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        folder = os.environ.get("CANDOR_ENCODER_DIR") or config["encoder"]
        self._encoder = OnnxEncoder(Path(folder))
        self._scale = float(config["scale"])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoderFeaturizer:
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to check beyond what `__init__` does."""

    def process(self, messages: List[Message]) -> List[Message]:
        self._add_features(messages)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self._add_features([message for message in training_data.training_examples if message.get(TEXT)])
        return training_data

    def _add_features(self, messages: List[Message]) -> None:
        told = [message for message in messages if message.get(TEXT)]
        vectors = self._encoder.encode([message.get(TEXT) for message in told]) * self._scale
        for message, vector in zip(told, vectors, strict=True):
            # Rasa asks for a feature a token as well; the classifier reads the sentence's only.
            tokens = np.zeros((max(1, len(message.get(TEXT_TOKENS) or [])), 1), dtype=np.float32)
            for features, kind in ((tokens, FEATURE_TYPE_SEQUENCE), (vector[np.newaxis, :], FEATURE_TYPE_SENTENCE)):
                message.add_features(Features(features, kind, TEXT, self._config["alias"]))

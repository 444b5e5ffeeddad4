"""Logistic regression without class weights, trained on word counts and sentence vectors each in their own form."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix, vstack

from bot.encoder import shared_reader
from bot.reader import mixed

RANKING = "intent_ranking"
WEIGHTS = "intents.safetensors"
NAMES = "intents.txt"  # one a line, as the weights' columns stand


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Weighs an intent by how many examples it has, trains in seconds, and hears the message reader (bot/reader.py).

    Rasa's own classifier gives every intent the same weight. A quarter of our examples are questions about the policy, and so
    are most messages: with the weight of the fifty examples of a joke, an ordinary question was too often taken for something
    else (4 points of cross-validated F1).

    Rasa's own also joins the counts of words, nearly all of them zero, and the encoder's vectors in one matrix: as a sparse one
    the vectors are slow, as a dense one the counts are. Here each stays in its own form, and the weights come out the same. What
    serves needs no scikit-learn for it, which loads 45 MB to multiply one row.

    The reader has learnt from all examples at once, so it is left out (`reader: false`) where Rasa cross-validates.
    """

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """The features that it reads."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """c: the inverse of the penalty; tolerance: of the gradient, at which fitting ends."""
        return {"max_iter": 100, "c": 1.0, "tolerance": 1e-4, "ranking_length": 10, "reader": True, "encoder": "var/encoder"}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._names: List[str] = []
        self._weights: Optional[np.ndarray] = None  # float32 (counts + 2 × dim, intents)
        self._bias = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentClassifier:
        """An untrained one."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:  # fmt: skip
        """A trained one. Raises: ValueError if it is not in the model."""
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            stored = load_file(str(folder / WEIGHTS))
            made._names = (folder / NAMES).read_text(encoding="utf-8").splitlines()
        made._weights, made._bias = stored["weights"], stored["bias"]
        return made

    def process(self, messages: List[Message]) -> List[Message]:
        """Give each message its intents, the likeliest first, with the message reader's probabilities mixed in."""
        if self._weights is None:  # there was nothing to learn from
            return messages
        shares, names = self._shares_of(messages, self._weights), self._names
        if self._config["reader"]:
            reader = shared_reader(self._config["encoder"])
            shares = mixed(shares, names, reader.intents_of([message.get(TEXT) for message in messages]), reader.intents)
        for message, row in zip(messages, shares.tolist(), strict=True):
            ranking = [
                {"name": name, "confidence": share}
                for name, share in sorted(zip(names, row, strict=True), key=lambda pair: -pair[1])
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(RANKING, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The examples with what it makes of them, for components behind it."""
        self.process(training_data.training_examples)
        return training_data

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights to all examples that have an intent."""
        from bot.logistic import fitted  # what minimises is loaded where something is fitted

        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        if not examples:
            return self._resource
        counts, vectors = features_of(examples)
        names, y = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        settings = self._config
        weights, bias = fitted(
            counts, vectors, y, c=settings["c"], iterations=settings["max_iter"], tolerance=settings["tolerance"]
        )
        self._names, self._weights, self._bias = names.tolist(), weights.T.astype(np.float32), bias.astype(np.float32)
        with self._storage.write_to(self._resource) as folder:
            save_file({"weights": np.ascontiguousarray(self._weights), "bias": self._bias}, str(folder / WEIGHTS))
            (folder / NAMES).write_text("\n".join(self._names), encoding="utf-8")
        return self._resource

    def _shares_of(self, messages: List[Message], weights: np.ndarray) -> np.ndarray:
        """Each intent's probability for each message. Shape: float64 (messages, intents)."""
        counts, vectors = features_of(messages)
        words = counts.shape[1]
        scores = counts @ weights[:words] + vectors @ weights[words:] + self._bias
        raised = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
        shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
        return shares


def features_of(messages: List[Message]) -> Tuple[csr_matrix, np.ndarray]:
    """The messages' sentence features. Shapes: counts float32 (messages, words), vectors float32 (messages, 2 × dim)."""
    # Of both kinds Rasa gives the features of the tokens, and then those of the sentence.
    counts = vstack([csr_matrix(message.get_sparse_features(TEXT)[1].features) for message in messages], format="csr")
    vectors = np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
    return counts.astype(np.float32), vectors.astype(np.float32)

"""Rasa's logistic regression without class weights, trained on word counts and sentence vectors each in their own form."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.encoder import shared_reader
from bot.logistic import fitted
from bot.reader import mixed

RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """Weighs an intent by how many examples it has, trains in seconds, and hears the message reader (bot/reader.py).

    Rasa's own classifier gives every intent the same weight. A quarter of our examples are questions about the policy, and so
    are most messages: with the weight of the fifty examples of a joke, an ordinary question was too often taken for something
    else (4 points of cross-validated F1).

    Rasa's own also joins the counts of words, nearly all of them zero, and the encoder's vectors in one matrix: as a sparse one
    the vectors are slow, as a dense one the counts are. Here each stays in its own form, and the weights come out the same.

    The reader has learnt from all examples at once, so it is left out (`reader: false`) where Rasa cross-validates.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**LogisticRegressionClassifier.get_default_config(), "reader": True, "encoder": "var/encoder"}

    def __init__(self, config: Dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, name, model_storage, resource)
        self.clf.set_params(class_weight=None)

    def _create_X(self, messages: List[Message]) -> np.ndarray:  # noqa: N802  (Rasa's name)
        """Shape: float32 (messages, counts + 2 × dim)."""
        counts, vectors = features_of(messages)
        return np.hstack([counts.toarray(), vectors])

    def process(self, messages: List[Message]) -> List[Message]:
        """As Rasa's own does, with the message reader's probabilities mixed in."""
        names = self.clf.classes_.tolist()
        shares = self.clf.predict_proba(self._create_X(messages))
        if self.config["reader"]:
            reader = shared_reader(self.config["encoder"])
            shares = mixed(shares, names, reader.intents_of([message.get(TEXT) for message in messages]), reader.intents)
        for message, row in zip(messages, shares.tolist(), strict=True):
            ranking = [
                {"name": name, "confidence": share}
                for name, share in sorted(zip(names, row, strict=True), key=lambda pair: -pair[1])
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(RANKING, ranking[: self.config["ranking_length"]], add_to_output=True)
        return messages

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights to all examples that have an intent."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        if not examples:
            return self._resource
        counts, vectors = features_of(examples)
        classes, y = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        weights, bias = fitted(counts, vectors, y, c=self.clf.C, iterations=self.clf.max_iter, tolerance=self.clf.tol)
        # Half the size, and what a message is multiplied with at each turn.
        self.clf.classes_, self.clf.coef_, self.clf.intercept_ = classes, weights.astype(np.float32), bias.astype(np.float32)
        self.clf.n_features_in_ = weights.shape[1]
        self.persist()
        return self._resource


def features_of(messages: List[Message]) -> Tuple[csr_matrix, np.ndarray]:
    """The messages' sentence features. Shapes: counts float32 (messages, words), vectors float32 (messages, 2 × dim)."""
    # Of both kinds Rasa gives the features of the tokens, and then those of the sentence.
    counts = vstack([csr_matrix(message.get_sparse_features(TEXT)[1].features) for message in messages], format="csr")
    vectors = np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
    return counts.astype(np.float32), vectors.astype(np.float32)

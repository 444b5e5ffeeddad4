"""Which intent a message has: a network on word counts and sentence vectors, in the place of Rasa's logistic regression."""

from __future__ import annotations

from typing import List, Tuple

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.network import Network, fitted_network

UNITS, EPOCHS = 256, 15  # of the hidden layer; times that each example is seen


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """A network (bot/network.py) that weighs an intent by how many examples it has, and trains in seconds.

    Rasa's own classifier, whose loading, ranking and settings this one keeps, is a logistic regression that gives every intent
    the same weight. A third of our examples are questions about the policy, and so are most messages: with the weight of the
    fifty examples of a joke, an ordinary question was too often taken for something else (4 points of cross-validated F1).

    Rasa's own also joins the counts of words, nearly all of them zero, and the encoder's vectors in one matrix. Here each keeps
    its own form.
    """

    def process(self, messages: List[Message]) -> List[Message]:
        """Set each message's intent, and the ranking of intents that it leads, with probabilities that can be written as JSON."""
        if not messages:
            return messages
        network, names = Network(*self.clf.network_), self.clf.classes_
        length = self.config["ranking_length"] or len(names)
        for message, shares in zip(messages, network.probabilities(*features_of(messages)), strict=True):
            ranking = [{"name": str(names[index]), "confidence": float(shares[index])} for index in np.argsort(-shares)[:length]]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights to all examples that have an intent."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        if not examples:
            return self._resource
        counts, vectors = features_of(examples)
        # Rasa's own component saves and loads `clf`, with all that it holds.
        self.clf.classes_, y = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        self.clf.network_ = list(fitted_network(counts, vectors, y, units=UNITS, epochs=EPOCHS))
        self.persist()
        return self._resource


def features_of(messages: List[Message]) -> Tuple[csr_matrix, np.ndarray]:
    """The messages' sentence features. Shapes: counts float32 (messages, words), vectors float32 (messages, 2 × dim)."""
    # Of both kinds Rasa gives the features of the tokens, and then those of the sentence.
    counts = vstack([csr_matrix(message.get_sparse_features(TEXT)[1].features) for message in messages], format="csr")
    vectors = np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
    return counts.astype(np.float32), vectors.astype(np.float32)

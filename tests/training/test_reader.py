"""The message reader's tuning: what is learnt, kept and exported."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from bot.context import CONTEXTS
from knowledge.embedding import LOWER
from training.dialogue_act_model import ALL_UNSEEN, ActExample, Certainty, read_examples, unseen_examples
from training.reader import ReaderNetwork, heads_of
from training.reader_tuning import batches, costs, messages_of, weights_of_contexts


@pytest.fixture
def encoder() -> Any:
    """As many layers as the real one, and small."""
    torch.manual_seed(3)
    config = BertConfig(hidden_size=8, num_hidden_layers=6, num_attention_heads=2, intermediate_size=16, vocab_size=20)
    model: Any = BertModel(config)
    return model.eval()


def test_only_thin_matrices_and_heads_learn_and_are_kept(encoder: Any, tmp_path: Path) -> None:
    """They bring the network back, to half precision; the encoder itself stays as it was."""
    network = ReaderNetwork(encoder, ["greet", "thanks"], ["affirm", "deny", "skip"])
    with torch.no_grad():
        for weight in network.parameters():
            if weight.requires_grad:
                weight.copy_(torch.randn_like(weight).half())
    network.save(tmp_path / "reader.safetensors", "an encoder")
    states = torch.randn(2, 5, 8)

    again = ReaderNetwork.load(tmp_path / "reader.safetensors", encoder)

    assert torch.allclose(network.eval()(states), again(states), atol=1e-6)
    assert not torch.allclose(again(states), ReaderNetwork(encoder, ["greet"], ["affirm"]).eval()(states), atol=1e-2)
    assert len(again.layers) == len(encoder.encoder.layer) - LOWER


def test_untuned_it_reads_as_the_encoder_does(encoder: Any) -> None:
    """What is hidden by the mask counts nowhere."""
    network = ReaderNetwork(encoder, ["greet"], ["affirm"]).eval()
    ids, mask = torch.tensor([[1, 5, 7, 0]]), torch.tensor([[1, 1, 1, 0]])
    with torch.no_grad():
        given = encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)

        read = network(given.hidden_states[LOWER], mask.float())

    assert torch.allclose(read[0], given.last_hidden_state[0, :3].mean(0), atol=1e-5)


def test_heads_are_multiplied_as_the_network_does(encoder: Any) -> None:
    """With a one behind the vector, for what is added."""
    network = ReaderNetwork(encoder, ["greet", "thanks"], ["affirm", "deny", "skip"]).eval()
    torch.nn.init.normal_(network.own.weight)
    vector = torch.randn(1, 8)
    with torch.no_grad():
        intents, acts = (scores.numpy() for scores in network.told(vector))

    of_intents, of_acts = heads_of(network)
    with_one = np.append(vector.numpy(), np.ones((1, 1), dtype=np.float32), axis=1)

    assert np.allclose(with_one @ of_intents, intents, atol=1e-5)
    assert np.allclose([with_one @ of_acts[place] for place in range(len(CONTEXTS))], acts.transpose(1, 0, 2), atol=1e-5)


def test_a_text_is_one_example_of_its_intent_and_of_its_acts() -> None:
    """In as many contexts as it stands in."""
    acts = [ActExample("no", "residence", "skip"), ActExample("no", "agreed", "deny"), ActExample("rome", "residence", "go_on")]

    messages, intents, names = messages_of({"no": "deny", "hi": "greet"}, acts)

    no = next(message for message in messages if message.text == "no")
    assert [message.text for message in messages] == ["hi", "no", "rome"]
    assert intents[no.intent or 0] == "deny"
    assert {(CONTEXTS[context], names[act]) for context, act in no.acts} == {("residence", "skip"), ("agreed", "deny")}


def test_each_message_is_in_one_batch() -> None:
    """However they are sorted."""
    messages, _, _ = messages_of({f"text {number}": "greet" for number in range(100)}, [])
    states = {message.text: torch.zeros(len(message.text), 8) for message in messages}

    found = [message.text for batch in batches(messages, states, random.Random(1)) for message in batch]

    assert sorted(found) == sorted(message.text for message in messages)


def test_doubt_that_is_right_costs_less_than_certainty_that_is_not() -> None:
    """Log loss and the gap tell them apart where accuracy does not."""
    right = np.array([0, 0, 0, 1])
    sure = Certainty.of(np.array([[0.99, 0.01]] * 4), right)
    doubting = Certainty.of(np.array([[0.75, 0.25]] * 4), right)

    assert sure.right == doubting.right == 0.75
    assert sure.log_loss > doubting.log_loss
    assert doubting.gap == pytest.approx(0.0, abs=1e-6)
    assert sure.gap == pytest.approx(0.24, abs=1e-6)


@pytest.mark.parametrize("path", ALL_UNSEEN)
def test_what_strangers_wrote_and_was_held_out_is_no_example(path: Path) -> None:
    """In the context that it was written for; of a few words, people write the same."""
    learnt = {(example.text.lower(), example.context) for example in read_examples()}
    held = [example for example in unseen_examples(path) if len(example.text.split()) > 3]

    assert len(held) > 300
    assert not [example for example in held if (example.text.lower(), example.context) in learnt]


def test_a_threshold_costs_what_it_takes_wrongly_and_what_it_leaves() -> None:
    """Of the classes that it is for alone."""
    shares = np.array([[0.9, 0.1], [0.65, 0.35], [0.75, 0.25], [0.1, 0.9]])

    told = dict(
        part.split(" ", 1)
        for part in costs(shares, ["in_danger", "asks"], ["in_danger", "in_danger", "asks", "asks"], {"in_danger"}).split(", ")
    )

    assert told["0.30"] == "1 and 0"
    assert told["0.70"] == "1 and 1"
    assert told["0.80"] == "0 and 1"


def test_what_is_rare_counts_more_in_a_context_with_few_examples() -> None:
    """By the root of how much fewer they are."""
    messages, _, _ = messages_of(
        {},
        [
            *(ActExample(f"text {number}", "email", "skip") for number in range(8)),
            *(ActExample(f"text {number}", "asked", "deny") for number in range(2)),
        ],
    )

    weights = weights_of_contexts(messages)

    assert float(weights[CONTEXTS.index("asked")] / weights[CONTEXTS.index("email")]) == pytest.approx(2.0)

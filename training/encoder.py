"""Fine-tune the encoder on pairs of questions and answers with LoRA; loading merges the adapter with the base weights.

LoRA (Hu et al., 2021) keeps the trained weights under 3 MB, so they can be committed. The loss is multiple negatives ranking
(Henderson et al., 2017), whose negatives are the other answers of a batch.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

from knowledge.embedding import WEIGHTS_PACKAGE
from training.pairs import Pair

RANK = 16
WEIGHTS = "adapter_model.safetensors"
LONGEST = 64  # tokens; most sentences and list items are shorter, and longer texts only take time
TARGETS = ["query", "key", "value", "dense"]


class OneOfEachGroup(DefaultBatchSampler):
    """Batches in which no group occurs twice, so that no negative is really an answer. Seeded; a new order each epoch."""

    def __init__(self, dataset: Dataset, batch_size: int, drop_last: bool, **others: Any) -> None:
        super().__init__(dataset, batch_size=batch_size, drop_last=drop_last, **others)
        self._groups: list[int] = list(dataset["label"])
        self._size = batch_size
        self._seed = int(others.get("seed") or 0)

    def __iter__(self) -> Iterator[list[int]]:
        order = list(range(len(self._groups)))
        random.Random(self._seed + getattr(self, "epoch", 0)).shuffle(order)
        while order:
            batch: list[int] = []
            taken: set[int] = set()
            left: list[int] = []
            for row in order:
                if len(batch) < self._size and self._groups[row] not in taken:
                    batch.append(row)
                    taken.add(self._groups[row])
                else:
                    left.append(row)
            if len(batch) < self._size // 2:
                return  # too few groups remain for useful negatives
            yield batch
            order = left

    def __len__(self) -> int:
        return max(1, len(self._groups) // self._size)


def tune(
    base: Path, pairs: Sequence[Pair], out: Path, *, epochs: float, batch: int = 48, rate: float = 5e-4, seed: int = 7
) -> None:
    """Train LoRA weights on `pairs` and save them to `out` (adapter_model.safetensors, adapter_config.json)."""
    model = SentenceTransformer(str(base), device="cpu")
    model.max_seq_length = LONGEST
    model.add_adapter(LoraConfig(r=RANK, lora_alpha=2 * RANK, lora_dropout=0.05, target_modules=TARGETS, bias="none"))
    groups = {group: number for number, group in enumerate(sorted({pair.group for pair in pairs}))}
    dataset = Dataset.from_dict(
        {
            "anchor": [pair.question for pair in pairs],
            "positive": [pair.answer for pair in pairs],
            "label": [groups[pair.group] for pair in pairs],
        }
    )
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out / "runs"), num_train_epochs=epochs, per_device_train_batch_size=batch,
        learning_rate=rate, warmup_steps=0.1, lr_scheduler_type="cosine", seed=seed, data_seed=seed, bf16=True,
        batch_sampler=OneOfEachGroup, save_strategy="no", logging_steps=20, report_to="none", use_cpu=True,
        dataloader_num_workers=0,
    )  # fmt: skip
    SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=dataset, loss=MultipleNegativesRankingLoss(model)
    ).train()
    model.save_pretrained(str(out / "runs"))
    config = json.loads((out / "runs" / "adapter_config.json").read_text(encoding="utf-8"))
    config |= {"base_model_name_or_path": WEIGHTS_PACKAGE, "inference_mode": True}  # not this machine's folder
    (out / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(out / "runs" / WEIGHTS, out / WEIGHTS)
    shutil.rmtree(out / "runs")

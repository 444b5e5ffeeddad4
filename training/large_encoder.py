"""Tune the upper layers of the large encoder on the aspect bank, and keep what that changed at a low rank.

A batch pairs questions with a statement of their aspect, and every other statement of the batch is wrong (multiple negatives
ranking: Henderson et al., 2017). Half of each batch comes from few topics, so that its statements are hard to tell apart. The
encoder sees no question about any policy, so that the ranker can be measured on all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy, normalize

from knowledge.aspects import Aspect
from knowledge.large_export import LEFT, LONGEST, RIGHT, large_model

UPPER = 6  # layers, of twelve, that are tuned
RANK = 32  # of what is kept of each matrix's change
BATCH = 64
HARD_TOPICS = 4  # topics from which half of a batch comes
RATE, SEED = 5e-5, 7
DROPOUT = 0.05
SHARPNESS = 20.0  # cosines are multiplied by it before the softmax
WARM_UP, LOWEST = 10, 0.02  # steps until the full rate, and its smallest share
TOLD = 10  # steps between two lines of progress
Pairs = list[tuple[str, str]]


def tune_large(
    weights: Path, aspects: Sequence[Aspect], out: Path, say: Callable[[str], None], *, epochs: int = 2
) -> None:  # fmt: skip
    """Tune the model in `weights` (knowledge/large_export.py) and save what changed to `out`, in half precision."""
    torch.manual_seed(SEED)
    model = large_model(weights, tuning=None).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    upper = upper_layers(model)
    tokenizer: Any = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.enable_truncation(max_length=LONGEST)
    draw = random.Random(SEED)
    plan = [batch for _ in range(epochs) for batch in batches(aspects, draw)]
    optimizer = torch.optim.AdamW(upper, lr=RATE, weight_decay=0.01)
    losses: list[float] = []
    for step, pairs in enumerate(plan):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(LOWEST, 1 - step / len(plan))
        questions, statements = (embedded(model, tokenizer, texts) for texts in zip(*pairs, strict=True))
        loss = cross_entropy(SHARPNESS * questions @ statements.T, torch.arange(len(pairs)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(upper, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if (step + 1) % TOLD == 0:
            say(f"step {step + 1} of {len(plan)}: loss {sum(losses[-TOLD:]) / TOLD:.3f}")
    save_file(changes(before, model.state_dict()), out)


def upper_layers(model: Any) -> list[Any]:
    """Let only the upper layers learn; returns their weights."""
    first = model.config.num_hidden_layers - UPPER
    for name, weight in model.named_parameters():
        weight.requires_grad = name.startswith("encoder.layer.") and int(name.split(".")[2]) >= first
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    return [weight for weight in model.parameters() if weight.requires_grad]


def batches(aspects: Sequence[Aspect], draw: random.Random) -> Iterator[Pairs]:
    """Each question about once, with one statement of its aspect; no aspect twice in a batch."""
    left = {aspect: draw.sample(aspect.questions, len(aspect.questions)) for aspect in aspects}
    topics = sorted({aspect.topic for aspect in aspects})
    while len(alive := [aspect for aspect in aspects if left[aspect]]) >= BATCH // 2:
        some = set(draw.sample(topics, min(HARD_TOPICS, len(topics))))
        hard = [aspect for aspect in alive if aspect.topic in some]
        draw.shuffle(hard)
        chosen = hard[: BATCH // 2]
        others = [aspect for aspect in alive if aspect not in chosen]
        others.sort(key=lambda aspect: draw.random() - len(left[aspect]))  # first those with most questions left
        chosen += others[: BATCH - len(chosen)]
        yield [(left[aspect].pop(), draw.choice(aspect.statements)) for aspect in chosen]


def embedded(model: Any, tokenizer: Any, texts: Sequence[str]) -> Any:
    """Unit vectors, with gradients. In bfloat16, which is twice as fast where the processor knows it."""
    tokenizer.enable_padding(pad_id=model.config.pad_token_id)
    encoded = tokenizer.encode_batch(list(texts))
    ids, mask = (torch.tensor([getattr(text, part) for text in encoded]) for part in ("ids", "attention_mask"))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.unsqueeze(-1).float()
    return normalize((states.float() * weights).sum(1) / weights.sum(1), dim=1)


def changes(before: Mapping[str, Any], after: Mapping[str, Any], rank: int = RANK) -> dict[str, Any]:
    """What differs, in half precision: of a matrix two thin ones, whose product comes nearest to its change; of a vector, all."""
    torch.manual_seed(SEED)
    kept: dict[str, Any] = {}
    for name, weight in after.items():
        change = weight.float() - before[name].float()
        if not change.any():
            continue
        if change.ndim == 2:
            left, sizes, right = torch.svd_lowrank(change, q=rank + 8, niter=3)
            scale = sizes[:rank].sqrt()
            kept[name + LEFT] = (left[:, :rank] * scale).half().contiguous()
            kept[name + RIGHT] = (right[:, :rank] * scale).T.half().contiguous()
        else:
            kept[name] = change.half()
    return kept

"""Keep out of Rasa what Candor never uses and set-up does not install: TensorFlow, dask, other channels, and clients of clouds.

Rasa 3.6 imports TensorFlow wherever a component could be trained with it (rasa.utils.tensorflow, DIET, TED), each of its
channels, and the clients of databases and queues, whatever is configured. Here placeholders stand in their place: they can be
named, subclassed and used as decorators, which is all that importing those modules does with them. It saves 2 GB of disk, 340 MB
of memory, half of the time that a start takes, and 61 packages that somebody would have to watch for advisories. In the place of
what runs its graph of components on dask it gets bot/graph_runner.py.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Optional, Sequence

import yaml

TENSORFLOW = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
# The packages stand in requirements/bot-excluded.txt. What Rasa imports only where it is used is not named here.
UNUSED = frozenset(
    {
        "aiogram", "fbmessenger", "google.auth", "google.oauth2", "slack_sdk", "twilio", "webexteamssdk",  # channels
        "aio_pika", "aiormq", "boto3", "botocore", "pymongo", "redis",  # databases and queues
        "matplotlib", "questionary", "prompt_toolkit",  # pictures of tests, and questions in a terminal
    }
)  # fmt: skip
# What scikit-learn and Rasa import for training and testing alone: 45 MB that a bot which only answers never touches.
FOR_TRAINING = frozenset({"scipy.optimize", "scipy.stats", "sklearn.linear_model", "sklearn.model_selection"})
RUNNER = "rasa.engine.runner.dask"
# Rasa's own components that work without it, besides all that begin with "bot.". Any other in config.yml gets TensorFlow.
WITHOUT = frozenset(
    {
        "WhitespaceTokenizer", "CountVectorsFeaturizer", "RegexEntityExtractor", "RegexFeaturizer", "EntitySynonymMapper",
        "FallbackClassifier", "KeywordIntentClassifier", "LexicalSyntacticFeaturizer", "LogisticRegressionClassifier",
        "RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy",
    }
)  # fmt: skip


def keep_out_unused(config: Path, *, serving: bool = False) -> bool:
    """Put placeholders in the place of what is not used; of TensorFlow, unless the configuration names a component that may
    need it; of what only training needs, where the process only serves.

    Call it before anything of Rasa is imported. Returns whether TensorFlow is kept out. Raises: OSError if the file cannot be
    read; ModuleNotFoundError where TensorFlow is needed and not installed.
    """
    parts = yaml.safe_load(config.read_text(encoding="utf-8"))
    names = [str(part["name"]) for part in [*(parts.get("pipeline") or []), *(parts.get("policies") or [])]]
    needing = [name for name in names if name not in WITHOUT and not name.startswith("bot.")]
    if needing and find_spec("tensorflow") is None:
        raise ModuleNotFoundError(
            f"{needing[0]} in {config.name} may need TensorFlow, which set-up leaves out: take it from "
            "requirements/bot-excluded.txt, then run `make lock` and `make setup`"
        )
    kept_out = UNUSED if needing else UNUSED | TENSORFLOW
    sys.meta_path[:0] = [_Placeholders(kept_out | FOR_TRAINING if serving else kept_out), _OurRunner()]
    return not needing


class _Endless(type):
    """A class whose attributes are placeholders too."""

    def __getattr__(cls, name: str) -> Any:
        return _placeholder(name)

    def __or__(cls, other: Any) -> Any:  # in annotations such as `tf.Tensor | None`
        return cls

    __ror__ = __or__


def _placeholder(name: str) -> Any:
    """A class to subclass; an instance that is called gives back its first argument, as a decorator does. What is called an error
    is one, because it stands in `except` clauses.

    Raises: AttributeError for `__x__`, which Python looks for and can do without.
    """
    if name.startswith("__"):
        raise AttributeError(name)
    members = {"__init__": lambda *_, **__: None, "__call__": lambda _, *given, **__: given[0] if given else None}
    bases = (Exception,) if name.endswith(("Error", "Exception", "Failure")) else ()
    return _Endless(name, bases, {**members, "__class_getitem__": classmethod(lambda cls, _: cls)})


class _Module(ModuleType):
    """A module that has whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        made = _placeholder(name)
        setattr(self, name, made)
        return made


class _Placeholders(MetaPathFinder, Loader):
    """Finds every module of what is kept out: `names`, and what is in them."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        parts = fullname.split(".")
        kept_out = any(".".join(parts[:length]) in self._names for length in (1, 2))
        return ModuleSpec(fullname, self, is_package=True) if kept_out else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed: what a placeholder has is made when it is asked for."""


class _OurRunner(MetaPathFinder, Loader):
    """Gives Rasa our runner of graphs where it asks for its own."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        return ModuleSpec(fullname, self) if fullname == RUNNER else None

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["DaskGraphRunner"] = import_module("bot.graph_runner").OrderedGraphRunner

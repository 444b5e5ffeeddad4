"""Keep TensorFlow out of a Rasa whose pipeline has no use for it: 340 MB of memory, and half of the time that a start takes.

Rasa 3.6 imports TensorFlow wherever a component could be trained with it (rasa.utils.tensorflow, DIET, TED), whatever
config.yml names. Here placeholders stand in its place: they can be named, subclassed and used as decorators, which is all that
importing those modules does with them.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Optional, Sequence

import yaml

KEPT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
# Rasa's own components that work without it, besides all that begin with "bot.". Any other in config.yml gets TensorFlow.
WITHOUT = frozenset(
    {
        "WhitespaceTokenizer", "CountVectorsFeaturizer", "RegexEntityExtractor", "RegexFeaturizer", "EntitySynonymMapper",
        "FallbackClassifier", "KeywordIntentClassifier", "LexicalSyntacticFeaturizer", "LogisticRegressionClassifier",
        "RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy",
    }
)  # fmt: skip


def keep_out_tensorflow(config: Path) -> bool:
    """Put placeholders in TensorFlow's place, unless the configuration names a component that may need it.

    Call it before anything of Rasa is imported. Returns whether it is kept out. Raises: OSError if the file cannot be read.
    """
    parts = yaml.safe_load(config.read_text(encoding="utf-8"))
    names = [str(part["name"]) for part in [*(parts.get("pipeline") or []), *(parts.get("policies") or [])]]
    if any(name not in WITHOUT and not name.startswith("bot.") for name in names):
        return False
    sys.meta_path.insert(0, _Placeholders())
    return True


class _Endless(type):
    """A class whose attributes are placeholders too."""

    def __getattr__(cls, name: str) -> Any:
        return _placeholder(name)

    def __or__(cls, other: Any) -> Any:  # in annotations such as `tf.Tensor | None`
        return cls

    __ror__ = __or__


def _placeholder(name: str) -> Any:
    """A class to subclass; an instance that is called gives back its first argument, as a decorator does.

    Raises: AttributeError for `__x__`, which Python looks for and can do without.
    """
    if name.startswith("__"):
        raise AttributeError(name)
    members = {"__init__": lambda *_, **__: None, "__call__": lambda _, *given, **__: given[0] if given else None}
    return _Endless(name, (), {**members, "__class_getitem__": classmethod(lambda cls, _: cls)})


class _Module(ModuleType):
    """A module that has whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        made = _placeholder(name)
        setattr(self, name, made)
        return made


class _Placeholders(MetaPathFinder, Loader):
    """Finds every module of what is kept out."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in KEPT_OUT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed: what a placeholder has is made when it is asked for."""

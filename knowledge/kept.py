"""What was made once and is kept as long as there is room: up to so many bytes, those used last."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

import numpy as np

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
ENTRY = 200  # bytes that an entry takes besides its value


def size_of(value: object) -> int:
    """About how many bytes of memory an object takes, with all that it holds; what it holds twice counts once."""
    seen: set[int] = set()
    waiting: list[Any] = [value]
    size = 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or one is None or isinstance(one, type):
            continue
        seen.add(id(one))
        size += one.nbytes if isinstance(one, np.ndarray) else sys.getsizeof(one, 0)
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, tuple | list | set | frozenset):
            waiting += one
        elif is_dataclass(one):
            waiting += [getattr(one, field.name) for field in fields(one)]
    return size


class KeptByBytes(Generic[K, V]):
    """Safe to share between threads. One value that is larger than all that may be kept is kept alone."""

    def __init__(self, most: int, size: Callable[[V], int] = size_of) -> None:
        """most: bytes. size: of a value."""
        self._most, self._size_of, self.size = most, size, 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value under this key, made if it is not kept. Made outside the lock: it may take a while, others are answered
        meanwhile, and making it twice does no harm.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        fresh = make()
        size = ENTRY + self._size_of(fresh)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = fresh, size
                self.size += size
            value = self._kept[key][0]
            while self.size > self._most and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                self.size -= dropped
            return value

    def __len__(self) -> int:
        return len(self._kept)

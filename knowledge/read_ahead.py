"""Vectors that are made before they are asked for, while another process still reads the message and a core has nothing to do.

They are known by the hash of their text, so that nothing of what people write stays here, and for a few turns only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

import numpy as np

from knowledge.known_vectors import digest_of

MOST_KEPT = 8  # vectors: what was made for a message that then was no question is never asked for


class ReadAhead:
    """Safe to share between threads."""

    def __init__(self, make: Callable[[str], np.ndarray]) -> None:
        self._make, self._lock = make, Lock()
        self._made: OrderedDict[bytes, Future[np.ndarray]] = OrderedDict()

    def begin(self, text: str) -> None:
        """Make a text's vector now, unless that is going on already. Raises: whatever `make` raises."""
        digest, making = digest_of(text), Future[np.ndarray]()
        with self._lock:
            before = self._made.pop(digest, None)
            if before is not None and not before.done():
                self._made[digest] = before
                return
            self._made[digest] = making
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        try:
            making.set_result(self._make(text))
        except BaseException as error:
            with self._lock:
                self._made.pop(digest, None)
            making.set_exception(error)
            raise

    def of(self, text: str) -> np.ndarray | None:
        """A text's vector, if it was begun; waits until it is made. None if it was not, or could not be made."""
        with self._lock:
            making = self._made.get(digest_of(text))
        return None if making is None or making.exception() is not None else making.result()

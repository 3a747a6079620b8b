"""Drawing lots: the same seed and label give the same draw on every Python and machine.

A digest is used, not the random module: draws do not depend on the order in which they are made.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable
from dataclasses import dataclass

LETTERS_AND_DIGITS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Lots:
    """All draws of one seed, told apart by their labels."""

    seed: int

    def number(self, label: str, size: int) -> int:
        """Draw a number from 0 up to, not including, ``size``."""
        return int.from_bytes(self._digest(label)) % size

    def word(self, label: str, length: int) -> str:
        """Draw a word of letters and digits."""
        number = int.from_bytes(self._digest(label))
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(LETTERS_AND_DIGITS))
            letters.append(LETTERS_AND_DIGITS[index])
        return "".join(letters)

    def shuffled(self, label: str, names: Iterable[str]) -> list[str]:
        """Return ``names`` in a drawn order."""
        return sorted(names, key=lambda name: self._digest(f"{label}/{name}"))

    def _digest(self, label: str) -> bytes:
        return hashlib.sha256(f"{self.seed}/{label}".encode()).digest()

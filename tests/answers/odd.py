"""Data nobody promised: objects of known names with values of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

Objects = st.SearchStrategy[dict[str, Any]]


def objects(names: Iterable[str], *values: Any) -> Objects:
    """Return objects whose names are among ``names``, their values any JSON, these among it."""
    keys = st.sampled_from(sorted(set(names)))
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["https://a.example/b.jpg", "https://[", *values])
    )
    inner = st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=6),
        max_leaves=12,
    )
    return st.dictionaries(keys, inner, max_size=8)

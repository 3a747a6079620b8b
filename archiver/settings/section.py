"""What a section of the settings is made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One table of the settings: a name nobody knows is refused, a value never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def setting(default: Any, reason: str, **bounds: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Return a setting with its default and its reason, which people read."""
    return Field(default, description=reason, **bounds)

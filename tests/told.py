"""What became of an event: the deliveries that a test looks for."""

from __future__ import annotations

from archiver.model.delivery import Delivery
from archiver.ports import Store

MANY = 1000


async def deliveries_of(store: Store, event_id: str) -> list[Delivery]:
    """Return the deliveries of an event, oldest first."""
    newest = await store.deliveries.newest(MANY)
    return [one for one in reversed(newest) if one.event_id == event_id]

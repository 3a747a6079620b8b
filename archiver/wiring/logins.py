"""How the operator's log-ins stand, and letting one be used again."""

from __future__ import annotations

from archiver.errors import InputError
from archiver.flow import account
from archiver.flow.outside import Outside
from archiver.model.service import ServiceState
from archiver.settings import AccountSettings


async def states(given: AccountSettings, outside: Outside) -> list[ServiceState]:
    """Return how each of the operator's log-ins stands."""
    known = {one.name: one for one in await outside.store.services.all()}
    names = [account.service_name(name) for name in sorted({*given.cookies, *given.profiles})]
    now = outside.clock.now()
    return [known.get(name) or ServiceState(name, changed_at=now) for name in names]


async def resume(platform: str, outside: Outside) -> None:
    """Let a log-in be used again.

    Raises:
        InputError: there is none for that platform.
    """
    if outside.logins is None or platform not in outside.logins:
        message = f"there is no account for {platform}; see: archiver settings"
        raise InputError(message)
    await account.resume(platform, outside)

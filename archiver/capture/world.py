"""A world of our own beside the page's scripts: they cannot have replaced what we call there.

Source: Chrome DevTools Protocol, Page.createIsolatedWorld and Runtime.evaluate.
"""

from __future__ import annotations

from typing import Any

from playwright.async_api import CDPSession


class World:
    """One isolated world of the main frame; what a script keeps there lasts until it navigates."""

    def __init__(self, session: CDPSession, context: int) -> None:
        self._session = session
        self._context = context

    @classmethod
    async def open(cls, session: CDPSession) -> World:
        """Make one.

        Raises:
            Error: the page went away.
        """
        tree = await session.send("Page.getFrameTree")
        frame = tree["frameTree"]["frame"]["id"]
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
        return cls(session, world["executionContextId"])

    async def ask(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Evaluate, wait for a promise, return the value as JSON.

        Raises:
            Error: the page went away.
        """
        wanted = {
            "expression": expression,
            "contextId": self._context,
            "awaitPromise": True,
            "returnByValue": True,
        }
        answer = await self._session.send("Runtime.evaluate", wanted)
        return answer["result"].get("value")

"""Use a log-in while it stands; put it to rest, until a person has looked, when it does not."""

from __future__ import annotations

from archiver.flow.observe import Look
from archiver.flow.outside import Outside
from archiver.judge.gate import asks_to_log_in
from archiver.model.inquiry import Answer, Ask
from archiver.model.service import ServiceState
from archiver.model.signals import Signal
from archiver.platforms._page import decoded, page_text

PREFIX = "account:"


def service_name(platform: str) -> str:
    """Return under which name the state of a platform's log-in is kept."""
    return f"{PREFIX}{platform}"


async def prepare(platform: str, outside: Outside) -> None:
    """Let the log-in of a platform be used, or not, as its state says.

    One that cannot be read, or whose session has expired, is put to rest; looks go on without it.

    Raises:
        StoreError: the database refused.
    """
    logins = outside.logins
    if logins is None or platform not in logins:
        return
    state = await outside.store.services.state(service_name(platform))
    is_open = state is None or state.is_open(outside.clock.now())
    fault = await logins.use(platform, is_open=is_open)
    if fault is not None:
        await pause(platform, fault, outside)


async def pause(platform: str, reason: str, outside: Outside) -> str:
    """Put a log-in to rest until a person resumes it; return one sentence that says so.

    Raises:
        StoreError: the database refused.
    """
    if outside.logins is not None:
        await outside.logins.use(platform, is_open=False)
    before = await outside.store.services.state(service_name(platform))
    await outside.store.services.keep(
        ServiceState(
            name=service_name(platform),
            changed_at=outside.clock.now(),
            is_paused=True,
            failures=(before.failures if before else 0) + 1,
            reason=reason,
        )
    )
    return (
        f"logged out of {platform}: {reason}; looks go on without the account until a person "
        f"types: archiver account resume {platform}"
    )


async def resume(platform: str, outside: Outside) -> None:
    """Let a log-in be used again.

    Raises:
        StoreError: the database refused.
    """
    now = outside.clock.now()
    await outside.store.services.keep(ServiceState(service_name(platform), changed_at=now))


def logged_out(look: Look, outside: Outside) -> str | None:
    """Say how an answer that the log-in was shown asks to log in; None when none does.

    The look's own signal is not enough: what needs a payment or a membership says nothing of the
    session, nor does what nobody was asked for.
    """
    platform, logins = look.source.ref.platform, outside.logins
    if logins is None or look.observation.reading.signal is not Signal.LOGIN:
        return None
    shown = (a for a in look.answers if logins.goes_to(platform, a.question.url))
    asks = next(filter(None, map(_asks, shown)), None)
    return f"an answer asks to log in ({asks})" if asks is not None else None


def _asks(answer: Answer) -> str | None:
    is_drawn = answer.question.ask is Ask.RENDER
    header, html, title = answer.header("content-type"), "", None
    if is_drawn or "html" in answer.content_type:
        html = decoded(answer.body, header, is_utf8=is_drawn)
        title = page_text(answer.body, answer.url, header, rendered=is_drawn, main=False).title
    return asks_to_log_in(answer.question.url, final_url=answer.url, title=title, html=html)


def is_used(platform: str, outside: Outside) -> bool:
    """Tell whether what is seen of a platform now is seen by a log-in."""
    return outside.logins is not None and outside.logins.is_used(platform)

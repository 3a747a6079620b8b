"""What a log-in saw, without what would give the log-in away.

Secrets are those of the operator's file and every one the platform gave in the visit: a session is
renewed under way, and a new secret may stand in what came before it was set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import unquote

from archiver.model.inquiry import Answer, Exchange, Headers, Hop
from archiver.net.accounts import SECRET_FIELDS, mask_bytes, mask_text, secret_forms
from archiver.net.credentials import LEFT_OUT, without_fields
from archiver.net.decoding import Decoded

_ADDRESS = re.compile(r'"?https?://', re.IGNORECASE)
_CODED = re.compile(rb"content-(encoding|length):", re.IGNORECASE)


def silence(answer: Answer, secrets: Sequence[str]) -> Answer:
    """Return an answer with secret fields named alone and secrets overwritten everywhere."""
    return replace(
        answer,
        url=mask_text(answer.url, secrets),
        headers=_headers(answer.headers, secrets),
        body=mask_bytes(answer.body, secrets),
        hops=tuple(_hop(one, secrets) for one in answer.hops),
        error=mask_text(answer.error, secrets) if answer.error else answer.error,
        exchanges=tuple(_exchange(one, secrets) for one in answer.exchanges),
    )


def cookies_set(headers: Headers) -> tuple[str, ...]:
    """Return the values of cookies that a response sets; one that is an address is no secret."""
    lines = (value for name, value in headers if name.lower() == "set-cookie")
    values = (line.partition(";")[0].partition("=")[2].strip() for line in lines)
    return tuple(one for one in values if not _ADDRESS.match(unquote(one)))


def holds_secret(url: str, values: Iterable[str]) -> bool:
    """Tell whether an address carries one of those values, in any way of writing it."""
    return any(form in url for form in secret_forms(values))


def uncoded(exchange: Exchange, decoded: Decoded) -> Exchange:
    """Return an exchange without its content coding: in what is coded nothing can be masked.

    Fields that no longer describe the body get the prefix that replay software knows.
    """
    lines = exchange.head.split(b"\r\n")
    head = b"\r\n".join(b"x-orig-" + one if _CODED.match(one) else one for one in lines)
    cut = exchange.truncated or ("unspecified" if decoded.error else None)
    return replace(exchange, head=head, body=decoded.body, truncated=cut)


def _headers(headers: Headers, secrets: Sequence[str]) -> Headers:
    return tuple(
        (n, LEFT_OUT if n.lower() in SECRET_FIELDS else mask_text(v, secrets)) for n, v in headers
    )


def _hop(hop: Hop, secrets: Sequence[str]) -> Hop:
    return replace(hop, url=mask_text(hop.url, secrets), headers=_headers(hop.headers, secrets))


def _exchange(exchange: Exchange, secrets: Sequence[str]) -> Exchange:
    return replace(
        exchange,
        url=mask_text(exchange.url, secrets),
        request=mask_bytes(without_fields(exchange.request, SECRET_FIELDS), secrets),
        head=mask_bytes(without_fields(exchange.head, SECRET_FIELDS), secrets),
        body=mask_bytes(exchange.body, secrets),
    )

"""One question to one name server, and its answer in plain values: the home of dnspython."""

from __future__ import annotations

from typing import Any

import dns.asyncbackend
import dns.asyncquery
import dns.edns
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from archiver.errors import ArchiverError

_PAYLOAD = 1232  # bytes of a UDP answer that no path breaks up. Source: DNS flag day 2020
_MOST_RECORDS = 64  # of one answer; what a host needs is a handful
_MOST_TEXT = 300  # characters of a record or of an explanation
_FAULTS = (dns.exception.DNSException, OSError, EOFError, ValueError)


class NoRecordsError(ArchiverError):
    """A server gave no answer that can be read; the message says why."""


async def ask_server(ip: str, port: int, name: str, kind: str, try_s: float) -> dict[str, Any]:
    """Ask once over UDP, and over TCP when the answer does not fit; strays are passed over.

    Returns ``rcode``, ``extended`` (code and text of RFC 8914) and ``records`` (owner, type,
    value), names in lower case, the records of one name in the same order every time.

    Raises:
        NoRecordsError: nothing came within ``try_s`` seconds, or nothing that can be read.
    """
    try:
        return _told(await _exchange(ip, port, name, kind, try_s))
    except dns.exception.Timeout as error:
        raise NoRecordsError("no answer in time") from error
    except _FAULTS as error:
        raise NoRecordsError(f"{type(error).__name__}: {error}"[:_MOST_TEXT]) from error


async def _exchange(ip: str, port: int, name: str, kind: str, try_s: float) -> dns.message.Message:
    query = dns.message.make_query(
        dns.name.from_text(name), kind, use_edns=0, payload=_PAYLOAD, ednsflags=0
    )
    message, _ = await dns.asyncquery.udp_with_fallback(
        query,
        ip,
        timeout=try_s,
        port=port,
        ignore_unexpected=True,
        ignore_errors=True,
        backend=dns.asyncbackend.get_backend("asyncio"),
    )
    return message


def _told(message: dns.message.Message) -> dict[str, Any]:
    extended = [
        {"code": int(option.code), "text": (option.text or "")[:_MOST_TEXT]}
        for option in message.options
        if isinstance(option, dns.edns.EDEOption)
    ]
    records = [
        {"owner": _name(rrset.name), "type": dns.rdatatype.to_text(rrset.rdtype), "value": value}
        for rrset in message.answer
        for value in sorted(_value(rdata) for rdata in rrset)
    ]
    return {
        "rcode": dns.rcode.to_text(message.rcode()),
        "extended": extended,
        "records": records[:_MOST_RECORDS],
    }


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _value(rdata: Any) -> str:  # noqa: ANN401 - the library makes a class for each type
    return str(rdata.to_text()).removesuffix(".")[:_MOST_TEXT]

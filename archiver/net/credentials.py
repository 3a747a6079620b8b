"""Secrets of the operator's: added to a request at the last moment, left out of all that is kept.

A credential goes to its own hosts, over verified TLS, in the first request of a question that
names it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from archiver.errors import SettingsError
from archiver.model.inquiry import Headers, Question
from archiver.net.urls import Address

LEFT_OUT = "[left out]"

# Source: docs.x.com, "OAuth 2.0 Bearer token"; github.com/reddit-archive/reddit/wiki/OAuth2 (API
# requests go to oauth.reddit.com); Save Page Now 2 public API documentation, section "Basic API
# Reference" (``Authorization: LOW accesskey:secret``); all as of 2026-11.
KNOWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "x": ("Bearer", ("api.x.com",)),
    "reddit": ("Bearer", ("oauth.reddit.com",)),
    "wayback": ("LOW", ("web.archive.org", "archive.org")),
}


@dataclass(frozen=True, slots=True)
class Credential:
    """One secret: who may see it, and the value of its ``Authorization`` field."""

    name: str
    hosts: tuple[str, ...]
    value: str = field(repr=False)


class Credentials:
    """The secrets there are, by name."""

    def __init__(self, secrets: Iterable[Credential] = ()) -> None:
        self._by_name = {secret.name: secret for secret in secrets}

    @override
    def __repr__(self) -> str:
        """Name them and say no more."""
        return f"Credentials({', '.join(sorted(self._by_name))})"

    @classmethod
    def of(cls, secrets: Mapping[str, str]) -> Credentials:
        """Make them of settings: a token by the name of its service; an empty one is none.

        Raises:
            SettingsError: one is not of printable ASCII, or of a service nobody knows.
        """
        return cls(_known(name, secret.strip()) for name, secret in secrets.items() if secret)

    def refusal(self, question: Question, address: Address) -> str | None:
        """Say why a question that names a credential cannot be asked, or None when it can."""
        name = question.credential
        if name is None:
            return None
        known = self._by_name.get(name)
        if known is None:
            return f"credential: none is set for {name}"
        if address.host not in known.hosts or not address.secure:
            return f"credential: {name} is not for {address.url[:200]}"
        return None

    def fields(self, question: Question, address: Address) -> Headers:
        """Return what is added to a request to that address; nothing when it may not see it."""
        known = self._by_name.get(question.credential or "")
        if known is None or address.host not in known.hosts or not address.secure:
            return ()
        return (("Authorization", known.value),)


def _known(name: str, secret: str) -> Credential:
    if name not in KNOWN:
        raise SettingsError(f"credentials.{name} is of no service that is known")
    if not secret.isascii() or not secret.isprintable() or not secret:
        raise SettingsError(f"credentials.{name} is no token: it must be printable ASCII")
    scheme, hosts = KNOWN[name]
    bare = secret if not secret.startswith(f"{scheme} ") else secret.partition(" ")[2]
    return Credential(name, hosts, f"{scheme} {bare}")


def without_fields(head: bytes, names: frozenset[str]) -> bytes:
    """Return a message whose head names those fields (lower case) but tells no value of them.

    What follows the blank line stays as it is.
    """
    end = head.find(b"\r\n\r\n")
    if end < 0:
        end = len(head)
    lines = head[:end].split(b"\r\n")
    told = [lines[0]] + [_silenced(line, names) for line in lines[1:]]
    return b"\r\n".join(told) + head[end:]


def _silenced(line: bytes, names: frozenset[str]) -> bytes:
    name, colon, _ = line.partition(b":")
    if not colon or name.strip().lower().decode("latin-1") not in names:
        return line
    return name + b": " + LEFT_OUT.encode()

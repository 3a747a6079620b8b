"""Whom the client trusts in TLS, and what a bad certificate is called."""

from __future__ import annotations

import ssl
from functools import cached_property
from pathlib import Path

import certifi

from archiver.errors import SettingsError


class Trust:
    """TLS contexts, made when first needed: reading all authorities takes a tenth of a second.

    ``extra_ca`` is a PEM file with one more authority, or None.

    Raises:
        SettingsError: the extra file cannot be read, or holds no certificate.
    """

    def __init__(self, extra_ca: Path | None) -> None:
        self._extra_ca = extra_ca
        if extra_ca is not None:
            _add_authority(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), extra_ca)

    @cached_property
    def verifying(self) -> ssl.SSLContext:
        """Trusts the system's authorities, certifi's (a bare container has no others), and ours."""
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        if self._extra_ca is not None:
            _add_authority(context, self._extra_ca)
        return context

    @cached_property
    def accepting(self) -> ssl.SSLContext:
        """Trusts anybody: for one more try after a bad certificate, which the answer tells of."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def _add_authority(context: ssl.SSLContext, pem: Path) -> None:
    try:
        context.load_verify_locations(pem)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(f"net.extra_ca: {pem}: {error}") from error


def certificate_fault(error: BaseException) -> str | None:
    """Return what is wrong with a certificate, if that is what made a connection fail."""
    cause = _tls_error(error)
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return None
    return cause.verify_message or "verification failed"


def handshake_fault(error: BaseException) -> str | None:
    """Return why a handshake failed in itself, or None when the connection merely broke."""
    cause = _tls_error(error)
    if cause is None or isinstance(cause, ssl.SSLEOFError):
        return None
    return (cause.reason or type(cause).__name__).replace("_", " ").lower()


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    """Find the TLS library's own error behind the transport's, which leaves it in the context."""
    link: BaseException | None = error
    while link is not None and not isinstance(link, ssl.SSLError):
        link = link.__cause__ or link.__context__
    return link

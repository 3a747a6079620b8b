"""Whom the client trusts in TLS, and what a bad certificate is called."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

from archiver.errors import SettingsError


def verifying_context(extra_ca: Path | None) -> ssl.SSLContext:
    """Trust the system's authorities, certifi's (a bare container has no others), and one more.

    Raises:
        SettingsError: the extra file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if extra_ca is None:
        return context
    try:
        context.load_verify_locations(extra_ca)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(f"net.extra_ca: {extra_ca}: {error}") from error
    return context


def accepting_context() -> ssl.SSLContext:
    """Trust anybody: for one more try after a bad certificate, which the answer then tells of."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate_fault(error: BaseException) -> str | None:
    """Return what is wrong with a certificate, if that is what made a connection fail."""
    cause = error.__cause__
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return None
    return cause.verify_message or "verification failed"


def handshake_fault(error: BaseException) -> str | None:
    """Return why a handshake failed in itself, or None when the connection merely broke."""
    cause = error.__cause__
    if not isinstance(cause, ssl.SSLError):
        return None
    return (cause.reason or type(cause).__name__).replace("_", " ").lower()

"""Make the browser trust an extra CA, by the certificate store its own library keeps under HOME.

The library is called, not its ``certutil``, because the library is there wherever the browser runs.
It keeps its state per process: call this in a process of its own.

Source: Chromium, docs/linux/cert_management.md (``$HOME/.pki/nssdb``); NSS headers ``nss.h``,
``pk11pub.h``, ``certdb.h`` (read 2026-11; 30 ms here).
"""

from __future__ import annotations

import ctypes
import re
import ssl
from pathlib import Path

from archiver.errors import LaunchError

LIBRARY = "libnss3.so"
VALID_CA = 1 << 3  # CERTDB_VALID_CA
TRUSTED_CA = 1 << 4  # CERTDB_TRUSTED_CA
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class _Item(ctypes.Structure):
    """SECItem."""

    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_void_p), ("len", ctypes.c_uint))


class _Trust(ctypes.Structure):
    """CERTCertTrust: flags for TLS, mail and code."""

    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("code", ctypes.c_uint))


def trust_authorities(home: Path, pem_file: Path) -> None:
    """Let a browser with that HOME accept what these CAs signed; nothing else changes.

    Raises:
        LaunchError: the file holds no certificate, or the library refused.
    """
    certificates = PEM.findall(pem_file.read_text("ascii", "replace"))
    if not certificates:
        raise LaunchError(f"net.extra_ca: there is no PEM certificate in {pem_file}")
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True, exist_ok=True)
    library = _load()
    _must(library.NSS_InitReadWrite(f"sql:{store}".encode()), "opening the store")
    try:
        for number, pem in enumerate(certificates):
            _trust(library, ssl.PEM_cert_to_DER_cert(pem), f"extra-ca-{number}")
    finally:
        library.NSS_Shutdown()


def _load() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise LaunchError(
            f"net.extra_ca needs {LIBRARY}. Type, as root: apt-get install libnss3"
        ) from error
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    library.NSS_InitReadWrite.argtypes = [text]
    library.PK11_GetInternalKeySlot.restype = pointer
    library.PK11_NeedUserInit.argtypes = [pointer]
    library.PK11_InitPin.argtypes = [pointer, text, text]
    library.PK11_FreeSlot.argtypes = [pointer]
    library.CERT_GetDefaultCertDB.restype = pointer
    library.CERT_NewTempCertificate.restype = pointer
    library.CERT_NewTempCertificate.argtypes = [pointer, pointer, text, number, number]
    library.PK11_ImportCert.argtypes = [pointer, pointer, ctypes.c_ulong, text, number]
    library.CERT_ChangeCertTrust.argtypes = [pointer, pointer, pointer]
    library.CERT_DestroyCertificate.argtypes = [pointer]
    return library


def _trust(library: ctypes.CDLL, der: bytes, name: str) -> None:
    slot = library.PK11_GetInternalKeySlot()
    if library.PK11_NeedUserInit(slot):
        _must(library.PK11_InitPin(slot, None, b""), "setting an empty password")
    bytes_of = ctypes.create_string_buffer(der, len(der))
    item = _Item(0, ctypes.cast(bytes_of, ctypes.c_void_p), len(der))
    database = library.CERT_GetDefaultCertDB()
    certificate = library.CERT_NewTempCertificate(database, ctypes.byref(item), None, 0, 1)
    _must(0 if certificate else 1, "reading the certificate")
    _must(library.PK11_ImportCert(slot, certificate, 0, name.encode(), 0), "storing it")
    wanted = _Trust(VALID_CA | TRUSTED_CA, 0, 0)
    _must(library.CERT_ChangeCertTrust(database, certificate, ctypes.byref(wanted)), "trusting it")
    library.CERT_DestroyCertificate(certificate)
    library.PK11_FreeSlot(slot)


def _must(outcome: int, step: str) -> None:
    if outcome != 0:
        raise LaunchError(f"net.extra_ca: the browser's certificate store failed at {step}")

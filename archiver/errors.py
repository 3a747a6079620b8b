"""Every error the product raises on purpose, as one tree.

::

    ArchiverError                 our own fault                                    exit 5
    ├── InputError                the caller asked for something that cannot be    exit 2
    │   ├── AddressError          no http(s) address, or one that is refused
    │   ├── SettingsError         a setting has a value that cannot be
    │   ├── SchemaError           the database was written by a newer version
    │   └── NotFoundError         no such article, citation, source or capture
    ├── OutsideError              something outside this process failed            exit 4
    │   ├── UnreachableError      an address does not answer
    │   ├── HeldBackError         what came may not be the article; kept back for a day
    │   ├── CaptureError          the browser or the recorder gave up
    │   │   ├── LaunchError       no browser could be started; no page was asked for
    │   │   └── CrashError        it broke down at a page before it showed anything
    │   ├── StoreError            the database or the file store refused
    │   │   ├── DiskFullError     there is no room left for the database or the files
    │   │   ├── FilesError        what keeps the files refused or is away
    │   │   ├── RevisionError     the database was upgraded while this process had it open
    │   │   └── DamagedError      a file is missing, or not what was kept
    │   ├── GivenUpError          a capture was too long on its way to the file store
    │   └── TurnError             a site is not ours to ask now; nothing was asked
    │       └── UnwelcomeError    it wants to be left alone for some time
    └── ClaimError                another worker holds the source, or took it over exit 4

A source that is gone, hidden or unreachable is not an error: it is a
:class:`archiver.model.signals.Signal`.
"""

from __future__ import annotations

import errno


class ArchiverError(Exception):
    """The root: catching it catches everything this product raises on purpose.

    The message is one line that says what happened and how to mend it.
    """

    exit_code = 5


class InputError(ArchiverError):
    """The caller asked for something that cannot be; nothing was stored."""

    exit_code = 2


class AddressError(InputError):
    """The text is no http(s) address, or one this product refuses to ask."""


class SettingsError(InputError):
    """A setting has a value that cannot be; the message names it."""


class SchemaError(InputError):
    """The database was written by a newer version; install that version to open it."""


class NotFoundError(InputError):
    """No article, citation, source or capture goes by that name."""


class OutsideError(ArchiverError):
    """Something outside this process failed; asking again later may help."""

    exit_code = 4


class UnreachableError(OutsideError):
    """An address the caller named does not answer; the message says what came back."""


class HeldBackError(OutsideError):
    """What an article's address shows may not be the article; it is noted and looked at again."""


class CaptureError(OutsideError):
    """The browser or the recorder gave up; what was recorded so far is kept as failed."""


class LaunchError(CaptureError):
    """No browser could be started on this machine; no page was asked for, and none is at fault."""


class CrashError(CaptureError):
    """The browser broke down at a page before it showed anything; it says nothing of the page."""


class StoreError(OutsideError):
    """The database or the file store refused; nothing was acknowledged."""


class DiskFullError(StoreError):
    """What keeps the database or the files has no room left."""


class FilesError(StoreError):
    """The disk or the object store with the files refused, or gave back something else.

    The database is not at fault.
    """


class RevisionError(StoreError):
    """The database was upgraded, or restored, while this process had it open.

    Only another process mends it, of the version that the database is of now.
    """


class GivenUpError(OutsideError):
    """A capture was too long on its way, and a sweep gave it up: it will never be committed.

    Whoever took it may still hold the source, and take another one. Neither database nor files
    refused: a machine that slept meanwhile is enough.
    """


class TurnError(OutsideError):
    """It is not our turn at a site: another worker asks it, or it wants to be left alone.

    Nothing was asked, and it says nothing of the source. ``wait_s`` is when to try again.
    """

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class UnwelcomeError(TurnError):
    """A site wants to be left alone for some time, whoever asks."""


class DamagedError(StoreError):
    """A file is missing, or its bytes are not those that were kept; asking again does not help."""


class ClaimError(ArchiverError):
    """Another worker holds the source, or took it over while we worked; nothing of ours counts."""

    exit_code = 4


def is_full(error: OSError) -> bool:
    """Tell whether it is only room that a disk lacks."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def is_of_disk(error: OSError) -> bool:
    """Tell whether a disk refused; no process, socket or open file too many says so."""
    return is_full(error) or error.errno in {errno.EIO, errno.EROFS}


def disk_error(message: str, error: OSError) -> StoreError:
    """Return the refusal of a disk with files, told apart by whether it is only room it lacks."""
    return DiskFullError(message) if is_full(error) else FilesError(message)

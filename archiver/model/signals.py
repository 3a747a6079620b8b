"""What one look at a source says, as a closed list."""

from __future__ import annotations

from enum import StrEnum


class Signal(StrEnum):
    """The one thing a reading says of a source at one time.

    An answer nobody understands is ``UNREADABLE``, never a deletion.
    """

    PRESENT = "present"
    """The thing itself was served."""
    DELETED = "deleted"
    """The platform says that its author deleted it (a tombstone with that text)."""
    ACCOUNT_GONE = "account_gone"
    """The platform says that the account no longer exists."""
    SUSPENDED = "suspended"
    """The platform says that the account is suspended."""
    REMOVED = "removed"
    """The platform says that it took the thing down."""
    PROTECTED = "protected"
    """The owner limits who may see it: it exists, for others."""
    AGE_RESTRICTED = "age_restricted"
    """Shown only to visitors who are logged in or of age (so is an empty tombstone): it exists."""
    WITHHELD = "withheld"
    """Withheld from where we ask (legal demand, HTTP 451): it exists elsewhere."""
    ABSENT_UNEXPLAINED = "absent_unexplained"
    """An answer that several causes share (``{}``, a tombstone of unknown words)."""
    NOT_FOUND = "not_found"
    """HTTP 404: absent now, for an unspecified time (RFC 9110, 15.5.5)."""
    GONE = "gone"
    """HTTP 410: absent, likely for good (RFC 9110, 15.5.11)."""
    SOFT_404 = "soft_404"
    """A success status with a page that says there is nothing: never proof by itself."""
    PARKED = "parked"
    """The address shows a domain for sale, parked, suspended or given up, not the thing."""
    NO_HOST = "no_host"
    """The host's name does not exist (NXDOMAIN) while our own network works."""
    WALL = "wall"
    """A challenge, a captcha or a refusal (403, 406, 999 …): says nothing of the source."""
    LOGIN = "login"
    """A login, consent or pay wall: says nothing of the source."""
    RATE_LIMITED = "rate_limited"
    """Asked too often (429, or the platform's own words)."""
    SERVER_ERROR = "server_error"
    """5xx, or an error page of the platform's own."""
    UNREACHABLE = "unreachable"
    """Time-out, refused or broken connection, failed look-up, TLS failure."""
    OFFLINE = "offline"
    """Our own network is down: the control address did not answer either."""
    REFUSED = "refused"
    """We did not ask: the guard or a policy of ours (robots) refused the address."""
    UNREADABLE = "unreadable"
    """An answer of a shape that the platform module does not know."""

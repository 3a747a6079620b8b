"""Tokens and log-ins of the operator's own."""

from __future__ import annotations

from pydantic import SecretStr

from archiver.settings.section import Section, setting


class CredentialSettings(Section):
    """Tokens of your own. Each is sent to its own service alone and never shown or kept."""

    x: SecretStr = setting(
        SecretStr(""), "Bearer token of an X developer account, for its API; empty is none."
    )
    reddit: SecretStr = setting(
        SecretStr(""), "Bearer token for Reddit's API (oauth.reddit.com); empty is none."
    )
    wayback: SecretStr = setting(
        SecretStr(""), "key:secret of an archive.org account, for Save Page Now; empty is none."
    )


class AccountSettings(Section):
    """Log-ins of your own, for what is shown to nobody else. Their cookies are never kept."""

    cookies: dict[str, str] = setting(
        {},
        "Platform to path of a cookies file in Netscape's format, such as "
        '{"x" = "/etc/archiver/x.txt"}; sent to that platform alone. Captures say so.',
    )
    profiles: dict[str, str] = setting(
        {}, "Platform to path of a Chromium user data directory whose log-in is used; it is copied."
    )

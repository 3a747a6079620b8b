"""The author's own server: the second voice when Bluesky shows a post no longer.

The app view is one index among several; the post itself is a record in its author's repository,
on a server that the author's DID names. So an absence has two independent witnesses, and the
second often knows the reason.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from archiver.errors import AddressError
from archiver.model.inquiry import Answer, Question
from archiver.model.signals import Signal
from archiver.platforms._address import http_address
from archiver.platforms._api import JSON, Data, glance
from archiver.platforms._bluesky_address import PostAddress
from archiver.platforms._car import lists_record
from archiver.platforms._json import Object, objects, text

APP_VIEW = "https://public.api.bsky.app"
_LABELLER = "https://mod.bsky.app"
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_MAX_CAR_BYTES = 2**20  # a proof of one record has some ten kB


@dataclass(frozen=True, slots=True)
class Why:
    """Why a post is absent: a signal, the end of a sentence, and whether two voices agree."""

    signal: Signal
    reason: str
    confirmed: bool = True


Reasoning = Generator[Question, Answer, Why]

# Source: the lexicon com.atproto.sync.getRepoStatus (atproto d6296a1, 2026-08-20). The other two,
# desynchronized and throttled, are a server's own troubles and say nothing of the account.
_STATUSES = {
    "takendown": Why(Signal.SUSPENDED, "its author's server has taken the account down"),
    "suspended": Why(Signal.SUSPENDED, "its author's server has suspended the account"),
    "deleted": Why(Signal.ACCOUNT_GONE, "its author's account is deleted"),
    "deactivated": Why(
        Signal.ACCOUNT_GONE, "its author has deactivated the account, and may bring it back"
    ),
}
_NO_HOME = Why(
    Signal.NOT_FOUND,
    "its author's own server could not be asked, so the reason is unknown",
    confirmed=False,
)


def question(host: str, method: str, **parameters: str) -> Question:
    """Return the question that calls a method of the AT protocol on a host."""
    return Question(f"{host}/xrpc/{method}?{urlencode(parameters)}", accept=JSON)


def home_of(did: str) -> Generator[Question, Answer, str | Why | None]:
    """Find the author's server in the DID's document; why there is none, or None if not told."""
    url = _document_url(did)
    if url is None:
        return None
    found = yield from glance(Question(url, accept="application/did+ld+json, application/json"))
    if found is None:
        return None
    if found.status == 410 and did.startswith("did:plc:") and names(found.value, did):
        # Source: the did:plc specification: a tombstone, the last operation there can be.
        return Why(Signal.ACCOUNT_GONE, "its author's identity has a tombstone in the directory")
    is_own = found.status == 200 and text(found.value, "id") == did
    return _server_in(found.value) if is_own else None


def names(reply: Object, did: str) -> bool:
    """Tell whether the message of a refusal names that identity, and no other."""
    return set(_DID.findall(text(reply, "message") or "")) == {did}


def names_another(reply: Object, did: str) -> bool:
    """Tell whether the message of a refusal names another identity than that."""
    return not {did}.issuperset(_DID.findall(text(reply, "message") or ""))


def _document_url(did: str) -> str | None:
    method, _, name = did.removeprefix("did:").partition(":")
    if method == "plc":
        return f"https://plc.directory/{did}"
    if method != "web" or ":" in name or "%" in name:
        return None
    try:
        return http_address(f"https://{name}/.well-known/did.json")
    except AddressError:
        return None


def _server_in(document: Object) -> str | None:
    for service in objects(document, "service"):
        if (text(service, "id") or "").endswith("#atproto_pds"):
            return _origin(text(service, "serviceEndpoint"))
    return None


def _origin(endpoint: str | None) -> str | None:
    try:
        parts = urlsplit(http_address(endpoint or ""))
    except AddressError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme == "https" else None


def why_absent(post: PostAddress) -> Reasoning:
    """Say why the app view shows a post no longer; ``post`` is by its DID.

    1. Find the author's server; a tombstone of the identity says it all.
    2. Ask it for the state of the account.
    3. Ask it for the record, and where it has none for the repository's own proof of that: does
       the author's repository still hold it?
    """
    home = yield from home_of(post.actor)
    if isinstance(home, Why):
        return home
    if home is None:
        return _NO_HOME
    account = yield from glance(question(home, "com.atproto.sync.getRepoStatus", did=post.actor))
    said = _by_account(account, post.actor)
    if said is not None:
        return said
    parts = {"repo": post.actor, "collection": "app.bsky.feed.post", "rkey": post.rkey}
    record = yield from glance(question(home, "com.atproto.repo.getRecord", **parts))
    if record is None:
        return _NO_HOME
    if record.status == 200 and text(record.value, "uri") == post.at_uri:
        return (yield from _why_hidden(post))
    if _is_no_record(record) and not names_another(record.value, post.actor):
        return (yield from _who_took_it(home, post))
    return _NO_HOME


def _by_account(found: Data | None, did: str) -> Why | None:
    if found is None or names_another(found.value, did):
        return None
    if found.status == 400 and text(found.value, "error") == "RepoNotFound":
        return Why(Signal.ACCOUNT_GONE, "its author's server no longer has the account")
    is_own = found.status == 200 and text(found.value, "did") == did
    if not is_own or found.value.get("active") is not False:
        return None
    return _STATUSES.get(text(found.value, "status") or "")


def _is_no_record(found: Data) -> bool:
    if found.status not in (400, 404):
        return False
    words = text(found.value, "message") or ""
    # Servers from before 2024 give the message under a general name.
    return text(found.value, "error") == "RecordNotFound" or words.startswith(
        "Could not locate record"
    )


def _who_took_it(home: str, post: PostAddress) -> Reasoning:
    """Tell a record its author deleted from one that its server hides: it says the same of both.

    The signed tree of the repository still lists a record that is only hidden.
    """
    alike = Why(
        Signal.NOT_FOUND,
        "its author's server has no such record either: deleted by its author, or taken down by "
        "that server, which answers both alike",
    )
    proof = question(
        home,
        "com.atproto.sync.getRecord",
        did=post.actor,
        collection="app.bsky.feed.post",
        rkey=post.rkey,
    )
    answer = yield Question(proof.url, accept="application/vnd.ipld.car", max_bytes=_MAX_CAR_BYTES)
    is_listed = lists_record(answer, post.actor, f"app.bsky.feed.post/{post.rkey}")
    if is_listed is None:
        return alike
    if is_listed:
        hidden = (
            "its author's server does not serve it, though the author's repository still lists "
            "it: the server took it down"
        )
        return Why(Signal.REMOVED, hidden)
    return Why(Signal.DELETED, "it was deleted from its author's own repository")


def _why_hidden(post: PostAddress) -> Reasoning:
    """Say why the app view does not show what the author's repository still holds."""
    profile = yield from glance(question(APP_VIEW, "app.bsky.actor.getProfile", actor=post.actor))
    is_own = profile and profile.status == 400 and not names_another(profile.value, post.actor)
    error = text(profile.value, "error") if profile and is_own else None
    if error == "AccountTakedown":
        return Why(Signal.SUSPENDED, "Bluesky has taken its author's account down")
    if error == "AccountDeactivated":
        return _STATUSES["deactivated"]
    asked = question(_LABELLER, "com.atproto.label.queryLabels", uriPatterns=post.at_uri)
    labels = yield from glance(asked)
    if labels is not None and _is_taken_down(labels.value, post.at_uri):
        return Why(Signal.REMOVED, "Bluesky's moderation has taken it down")
    return Why(
        Signal.ABSENT_UNEXPLAINED,
        "its author's own server still holds it: hidden by Bluesky, or lost from its index",
        confirmed=False,
    )


def _is_taken_down(reply: Object, at_uri: str) -> bool:
    labels = [label for label in objects(reply, "labels") if label.get("val") == "!takedown"]
    labels = [label for label in labels if label.get("uri") == at_uri]
    labels.sort(key=lambda label: text(label, "cts") or "")
    return bool(labels) and labels[-1].get("neg") is not True

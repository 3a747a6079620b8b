"""An article's version is kept only while whoever looked at its address has the claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.errors import ClaimError
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio

LEASE = timedelta(minutes=1)


async def test_a_version_is_not_kept_by_a_worker_that_lost_its_claim(store: SqlStore):
    source = await store.sources.register(build.ref(), None, NOW)
    lost = await store.claims.claim(source.id, "w", LEASE)
    assert lost is not None
    text = build.article(text="Words of before.")
    kept = await store.articles.keep(text, [], None, NOW, claim=lost)
    await store.claims.release(lost)
    await store.claims.claim(source.id, "other", LEASE)

    late = build.article(text="Words that were there long ago.")
    with pytest.raises(ClaimError):
        await store.articles.keep(late, [], None, NOW, kept.article.id, claim=lost)

    versions = await store.articles.versions(kept.article.id)
    assert [one.text for one in versions] == ["Words of before."]

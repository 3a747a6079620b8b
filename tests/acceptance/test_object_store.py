"""Whole captures whose files are in an object store, as a user makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from archiver.cli.reports.pictures import INLINED, found_here, media_of
from archiver.cli.reports.wired import report_of
from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START, door
from archiver.model.capture import ArtifactKind, CaptureOutcome, Gate
from archiver.settings import load
from archiver.store.bucket import Access, Bucket
from archiver.store.store import SqlStore
from archiver.store.uploads import Uploads
from archiver.wiring import Archive
from tests import postgres, s3
from tests.acceptance.world import archiver, environment

pytestmark = pytest.mark.anyio

FILE = "https://harbourpost.example/images/chart.png"  # a plain file: no browser is needed


@pytest.fixture
async def web() -> AsyncIterator[MiniWeb]:
    async with MiniWeb(1, MovableClock(START)) as served:
        yield served


def settings_of(access: Access) -> dict[str, object]:
    return {
        "url": f"s3://{access.bucket}/{access.prefix}",
        "endpoint": access.endpoint,
        "access_key": access.access_key,
        "secret_key": access.secret_key,
        "allow_http": True,
    }


def variables(access: Access) -> dict[str, str]:
    """The same in the environment of a command."""
    return {
        f"ARCHIVER_FILES__{name.upper()}": str(value) for name, value in settings_of(access).items()
    }


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
async def test_a_capture_is_whole_in_the_store_and_another_machine_sees_it(
    web: MiniWeb, tmp_path: Path, database: str
) -> None:
    access = s3.access()
    server = postgres.server() if database == "postgresql" else None
    url = server.url(server.create(postgres.migrated())) if server else f"sqlite:///{tmp_path}/rows"
    overrides: Mapping[str, object] = {
        "net": door(web),
        "files": settings_of(access),
        "store": {"database": url},
    }

    async with Archive(settings=load(tmp_path / "one", overrides)) as archive:
        captured = await archive.capture(FILE)
    async with Archive(settings=load(tmp_path / "two", overrides)) as other:
        shown = await other.show(FILE)
        status = await other.status(check=True)

    kept = captured.capture
    assert (kept.outcome, kept.gate) == (CaptureOutcome.COMPLETE, Gate.ACCEPTED)
    assert captured.warc is not None
    assert captured.warc.is_file()
    bucket = Bucket(access)
    for artifact in kept.artifacts:
        stored = await bucket.read(artifact.path)
        assert hashlib.sha256(stored or b"").hexdigest() == artifact.sha256
    manifest = next(one for one in kept.artifacts if one.path.endswith("manifest.json"))
    assert json.loads(await bucket.read(manifest.path) or b"")["capture"] == kept.id
    assert await bucket.list("blobs/") != []
    [located] = shown.captures  # type: ignore[union-attr]
    assert located.warc == f"s3://{access.bucket}/evidence/{kept.artifacts[0].path}"
    assert status.damaged == ()
    assert not (tmp_path / "one" / "captures").exists()
    assert [one.name for one in (tmp_path / "one" / "staging").glob("0*/")] == []


@pytest.mark.browser
async def test_a_page_is_captured_into_the_store_by_the_browser(
    web: MiniWeb, tmp_path: Path
) -> None:
    access = s3.access()
    env = environment(tmp_path, web) | variables(access)

    captured = await archiver("capture", web.article_url, "--json", env=env)

    assert captured.code == 0, captured.err
    [one] = captured.document["captures"]
    warc = await Bucket(access).read(one["warc"].partition("/evidence/")[2])
    shot = await Bucket(access).read(one["screenshot"].partition("/evidence/")[2])
    assert (warc or b"").startswith(b"\x1f\x8b")
    assert (shot or b"").startswith(b"\x89PNG")


async def test_a_report_has_the_pictures_that_are_in_the_store(
    web: MiniWeb, tmp_path: Path
) -> None:
    access = s3.access()
    overrides = {"net": door(web), "files": settings_of(access)}
    article = tmp_path / "article.html"
    words = f'<p>The gates were open, as <a href="{FILE}">their chart of that day</a> shows.</p>'
    article.write_text(f"<html><body><article><h1>Gates</h1>{words}</article></body></html>")

    async with Archive(settings=load(tmp_path / "home", overrides)) as archive:
        added = await archive.add(str(article))
        entries = report_of(await archive.known(added.kept.article.id)).entries
        [then] = [entry.one.sides.then for entry in entries]
        assert then is not None
        assert then.capture is not None
        media = then.capture.artifact(ArtifactKind.MEDIA)
        assert media is not None
        find = await found_here(entries, INLINED, archive)
        [picture] = media_of(entries[0], find)
        await Bucket(access).delete(media.path)
        Path(find(media.path)).unlink()
        lost = media_of(entries[0], await found_here(entries, INLINED, archive))

    assert hashlib.sha256(picture.data).hexdigest() == media.sha256
    assert lost == []


async def test_a_store_that_is_away_keeps_nobody_from_reading(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path)
    uploads = Uploads(store.database)
    await uploads.begin("01LEFT", "a machine")
    await uploads.give_up("01LEFT")  # so that there is something to be set aside
    await store.close()
    away = {"files": settings_of(s3.access("no-such-bucket"))}

    async with Archive(settings=load(tmp_path, away)) as archive:
        assert await archive.feeds() == []

"""What doctor checks of what surrounds the service: each thing, when it is well and when not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from archiver.capture.locate import driver_program
from archiver.capture.process import marked
from archiver.cli import doctor
from archiver.cli.exits import DONE, OUTSIDE
from archiver.model.room import MIB, size_in_words
from archiver.settings import load
from archiver.store import schema
from archiver.store.store import database_url
from archiver.wiring import checks
from archiver.wiring.checks import Check, check_all
from tests.net.site import Reader, Writer, response, serve

pytestmark = pytest.mark.anyio

QUICK = ["home", "settings", "disk", "database"]
SLOW = ["files", "browser", "driver", "Arabic font", "emoji font", "extra authority", "network"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an archive in it."""
    path = tmp_path / "home"
    path.mkdir()
    schema.upgrade(database_url(path))
    return path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all there is of programs: a browser that draws, and a list of fonts."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    program(folder / "browser", "echo '<p>drawn</p>'")
    program(folder / "fc-list", "echo Noto")
    program(folder / "certutil", "")
    program(folder / "node", "echo v24.1.0")
    monkeypatch.setattr(checks, "driver_program", lambda: folder / "node")
    return folder


def program(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


async def checked(
    home: Path, programs: Path, changed: Mapping[str, Mapping[str, object]] | None = None
) -> dict[str, Check]:
    """Check a home whose settings ask nobody, but for what is changed."""
    settings: dict[str, Mapping[str, object]] = {
        "capture": {"browser": str(programs / "browser")},
        "net": {"control_urls": [], "resolvers": []},
        "daemon": {"disk_floor_mib": 0},
    }
    merged = {name: {**settings.get(name, {}), **(changed or {}).get(name, {})}
              for name in {*settings, *(changed or {})}}  # fmt: skip
    return {one.name: one for one in await check_all(load(home, merged), quick=False)}


def wrong(found: Mapping[str, Check]) -> list[str]:
    return [name for name, one in found.items() if not one.is_well and name != "disk"]


async def test_where_all_is_there_all_is_well(home: Path, programs: Path):
    found = await checked(home, programs)

    assert list(found) == [*QUICK, *SLOW]
    assert wrong(found) == []


async def test_quick_starts_nothing_and_asks_nobody(tmp_path: Path):
    found = await check_all(load(tmp_path), quick=True)

    assert [one.name for one in found] == QUICK


@pytest.mark.parametrize(
    ("name", "broken", "mend"),
    [
        ("browser", ("browser", "exit 1"), "capture.browser"),
        ("driver", ("node", "exit 127"), "libatomic1"),
        ("Arabic font", ("fc-list", "case $1 in *ar) ;; *) echo Noto;; esac"), "fonts-noto-core"),
        ("emoji font", ("fc-list", "case $1 in *ar) echo Noto;; esac"), "color-emoji"),
    ],
)
async def test_a_program_that_does_not_do_its_part_is_named(
    name: str, broken: tuple[str, str], mend: str, home: Path, programs: Path
):
    program(programs / broken[0], broken[1])

    found = await checked(home, programs)

    assert wrong(found) == [name]
    assert mend in (found[name].mend or "")


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("files", {"files": {"url": "s3://bucket", "access_key": "a"}}),
        ("extra authority", {"net": {"extra_ca": "/no/such/authority.pem"}}),
        ("network", {"net": {"control_urls": ["http://127.0.0.1:9/"]}}),
    ],
)
async def test_a_setting_that_cannot_work_is_named(
    name: str, changed: Mapping[str, Mapping[str, object]], home: Path, programs: Path
):
    found = await checked(home, programs, changed)

    assert wrong(found) == [name]


async def test_a_browser_that_is_tried_writes_nothing_into_the_home_of_who_asks(
    home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(home))
    program(programs / "browser", 'echo $HOME >"$HOME/profile" && echo "<p>drawn</p>"')

    found = await checked(home, programs)

    assert found["browser"].is_well
    assert not (home / "profile").exists()


@pytest.mark.parametrize("does", ["sleep 60 & wait", "sleep 60 &"])
async def test_a_program_that_hangs_is_ended_with_all_it_started(
    does: str, home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checks, "PROBE_S", 1.0)
    browser = programs / "browser"
    program(browser, f"export MARK=$0; {does}")

    found = (await checked(home, programs))["browser"]

    assert not found.is_well
    assert found.found == f"{browser} did not end within 1 s"
    assert marked(str(browser)) == set()


async def test_the_driver_that_is_installed_starts(
    home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checks, "driver_program", driver_program)

    assert (await checked(home, programs))["driver"].is_well


async def test_an_authority_needs_its_program(tmp_path: Path, home: Path, programs: Path):
    authority = tmp_path / "authority.pem"
    authority.touch()
    changed = {"net": {"extra_ca": str(authority)}}
    before = await checked(home, programs, changed)
    (programs / "certutil").unlink()

    after = await checked(home, programs, changed)

    assert before["extra authority"].is_well
    assert "certutil" in after["extra authority"].found


async def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, programs: Path):
    (tmp_path / "file").write_text("no directory")

    assert "home" in wrong(await checked(tmp_path / "file" / "home", programs))


async def test_a_network_that_answers_is_well(home: Path, programs: Path):
    async def talk(_head: bytes, _reader: Reader, writer: Writer) -> None:
        writer.write(response(status=204))

    async with serve(talk) as site:
        net = {"net": {"allow": [site.allow], "control_urls": [site.url("/generate_204")]}}
        found = await checked(home, programs, net)

    assert found["network"].is_well
    assert found["network"].found.endswith("/generate_204 answered")


async def test_a_disk_below_its_floor_is_named(home: Path, programs: Path):
    floor = {"daemon": {"disk_floor_mib": 2**30}}

    disk = (await checked(home, programs, floor))["disk"]

    assert not disk.is_well
    assert "daemon.disk_floor_mib" in (disk.mend or "")


@pytest.mark.parametrize(
    ("mib", "said"), [(0, "0 MiB"), (20, "20 MiB"), (1023, "1023 MiB"), (1024, "1.0 GiB")]
)
def test_sizes_are_told_in_words_that_fit_them(mib: int, said: str):
    assert size_in_words(mib * MIB) == said


async def test_a_small_disk_and_its_floor_are_told_in_words_that_fit_them(
    home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    small = SimpleNamespace(free=20 * MIB, total=200 * MIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: small)

    disk = (await checked(home, programs, {"daemon": {"disk_floor_mib": 50}}))["disk"]

    assert disk.found == "20 MiB free"
    assert "captures need 50 MiB at least, or lower daemon.disk_floor_mib" in (disk.mend or "")


async def test_a_disk_below_a_twentieth_is_mended_by_no_lower_floor_but_by_none(
    home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    full = SimpleNamespace(free=9 * MIB, total=200 * MIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

    disk = (await checked(home, programs, {"daemon": {"disk_floor_mib": 5}}))["disk"]

    assert "captures need 10 MiB at least, or set daemon.disk_floor_mib to 0" in (disk.mend or "")


@pytest.mark.parametrize(
    ("text", "mode", "is_named"),
    [
        (
            '[[notify.targets]]\nname = "a"\nkind = "webhook"\nurl = "https://a.example/k3y"\n',
            0o644,
            True,
        ),
        ('[credentials]\nx = "hush"\n', 0o640, True),
        ('[credentials]\nx = "hush"\n', 0o600, False),
        ('[net]\nupstream_proxy = "http://me:hush@proxy.example:3128"\n', 0o644, True),
        ('[credentials]\nx = ""\n[net]\nspacing_s = 1\n', 0o644, False),
    ],
)
async def test_secrets_that_others_may_read_are_named(
    text: str, mode: int, is_named: bool, home: Path, programs: Path
):
    file = home / "archiver.toml"
    file.write_text(text)
    file.chmod(mode)

    found = (await checked(home, programs))["settings"]

    assert found.is_well is not is_named
    assert (found.mend == f"chmod 600 {file}") is is_named


@pytest.mark.parametrize("secret", ["s", "spacing"])
async def test_a_secret_from_elsewhere_is_not_in_a_file_because_its_letters_are(
    secret: str, home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVER_CREDENTIALS__X", secret)
    (home / "archiver.toml").write_text("[net]\nspacing_s = 1\n")
    (home / "archiver.toml").chmod(0o644)

    assert (await checked(home, programs))["settings"].is_well


async def test_a_database_of_another_version_is_named(tmp_path: Path, programs: Path):
    schema.upgrade(database_url(tmp_path))
    before = await checked(tmp_path, programs)
    with sqlite3.connect(tmp_path / "archiver.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    database.close()

    after = await checked(tmp_path, programs)

    assert before["database"].is_well
    assert wrong(after) == ["database"]
    assert after["database"].mend == "archiver db upgrade"


async def test_a_database_of_a_newer_version_needs_that_version(tmp_path: Path, programs: Path):
    schema.upgrade(database_url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    found = (await checked(tmp_path, programs))["database"]

    assert not found.is_well
    assert "written by a newer version (revision 9999" in found.found
    assert found.mend == "install that version"


@pytest.mark.parametrize(("floor_mib", "code"), [(0, DONE), (2**30, OUTSIDE)])
def test_doctor_leaves_with_0_when_all_is_well_and_4_when_not(
    floor_mib: int, code: int, home: Path
):
    (home / "archiver.toml").write_text(f"[daemon]\ndisk_floor_mib = {floor_mib}\n")

    assert doctor.doctor(quick=True, json=True, home=home) == code

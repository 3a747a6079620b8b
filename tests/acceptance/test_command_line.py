"""The command line as a whole."""

from __future__ import annotations

import sqlite3

import pytest

from archiver.cli.app import COMMANDS
from tests.acceptance.world import ROOT, archiver, environment

pytestmark = pytest.mark.anyio


async def test_the_help_page_names_every_command(tmp_path):
    ran = await archiver("--help", env=environment(tmp_path))

    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_has_a_help_page(tmp_path, name):
    ran = await archiver(name, "--help", env=environment(tmp_path))

    assert ran.code == 0
    assert f"archiver {name}" in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name):
    assert f"`archiver {name}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["captur"], "did you mean capture?"),
        (["capture"], "TARGETS"),
        (["audit", "x", "--recent", "soon"], "15m"),
        (["audit", "01JNOSUCHTHING"], "archiver status"),
        (["capture", "ftp://example.org/file"], "http"),
        (["capture", "https://user:secret@example.org/"], "http"),
        (["show", "x:1234567890123456789"], "archiver status"),
        (["report", "nothing"], "archiver status"),
        (["accept", "nothing", "--note", "seen"], "nothing"),
        (["resolve", "nothing", "https://example.org/"], "nothing"),
        (["report", "x", "--format", "pdf"], "pdf"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
async def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, arguments, said):
    ran = await archiver(*arguments, env=environment(tmp_path))

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1


async def test_a_bad_setting_names_itself_and_where_to_mend_it(tmp_path):
    env = environment(tmp_path) | {"ARCHIVER_NET__ALLOW": '["everything"]'}

    ran = await archiver("capture", "https://example.org/", env=env)

    assert ran.code == 2
    assert "net.allow" in ran.err
    assert ran.err.count("\n") == 1


async def test_a_newer_database_is_refused_with_what_to_do(tmp_path):
    env = environment(tmp_path)
    await archiver("db", "upgrade", env=env)
    with sqlite3.connect(tmp_path / "archiver.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    ran = await archiver("status", env=env)

    assert ran.code == 2
    assert "newer version" in ran.err


async def test_an_empty_archive_has_a_status(tmp_path):
    ran = await archiver("status", "--json", env=environment(tmp_path))

    assert ran.code == 0
    assert ran.document["articles"] == []
    assert ran.document["sources"] == 0

"""The command line as a whole."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass

import pytest

from archiver.cli.app import COMMANDS, run
from tests.acceptance.world import ROOT


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command line in this process: a start of its own would take a second each."""
    for name in [name for name in os.environ if name.startswith("ARCHIVER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARCHIVER_HOME", str(tmp_path))

    def call(*arguments: str) -> Said:
        code = run(arguments)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


def test_the_help_page_names_every_command(command):
    ran = command("--help")

    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_page(command, name):
    ran = command(name, "--help")

    assert ran.code == 0
    assert f"archiver {name}" in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name):
    assert f"`archiver {name}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["captur"], "did you mean capture?"),
        (["capture"], "targets"),
        (["audit", "x", "--recent", "soon"], "15m"),
        (["hold", "--list", "--release"], "only shows"),
        (["hold", "--list", "--reason", "a trial"], "only shows"),
        (["takedown", "x", "--watch-again", "--keep-watching"], "one of them"),
        (["takedown", "--resume", "--watch-again"], "nothing else"),
        (["audit", "01JNOSUCHTHING"], "archiver status"),
        (["capture", "ftp://example.org/file"], "http"),
        (["capture", "https://example.org/", "--later", "--push-wayback"], "archives.push_wayback"),
        (["capture", "https://user:secret@example.org/"], "leave them out"),
        (["show", "x:1234567890123456789"], "archiver status"),
        (["report", "nothing"], "archiver status"),
        (["accept", "nothing", "--note", "seen"], "nothing"),
        (["resolve", "nothing", "https://example.org/"], "nothing"),
        (["report", "x", "--format", "pdf"], "pdf"),
        (["report", "x", "--copies", "https://archive.example/"], "--repair"),
        (["report", "x", "--repair", "-o", "/"], "no file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(command, arguments, said):
    ran = command(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_capture_left_to_the_daemon_waits_in_front(command):
    ran = command("capture", "https://example.org/", "--later", "--json")
    waiting = command("status", "--json")

    assert (ran.code, json.loads(ran.out)) == (
        0,
        {"ordered": ["web:https://example.org/"], "failed": []},
    )
    assert json.loads(waiting.out)["service"]["queued"] == {"browser": 1}


def test_what_is_in_quarantine_cannot_be_left_to_the_daemon_and_stops_no_other(command, tmp_path):
    bad, good = "https://example.org/bad", "https://example.org/good"
    command("capture", bad, "--later")
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as rows, rows:
        rows.execute("UPDATE jobs SET state = 'quarantined'")

    ran = command("capture", bad, good, "--later")

    assert ran.code == 2
    assert f"web:{good}: the next free worker captures it\n" in ran.out
    assert f"`archiver resume web:{bad}` lets it out\n" in ran.out
    assert command("resume", f"web:{bad}").code == 0
    assert command("capture", bad, "--later").code == 0


def test_a_bad_setting_names_itself_and_where_to_mend_it(command, monkeypatch):
    monkeypatch.setenv("ARCHIVER_NET__ALLOW", '["everything"]')

    ran = command("capture", "https://example.org/")

    assert ran.code == 2
    assert "net.allow" in ran.err
    assert ran.err.count("\n") == 1


def test_a_newer_database_is_refused_with_what_to_do(command, tmp_path):
    command("db", "upgrade")
    with sqlite3.connect(tmp_path / "archiver.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    ran = command("status")

    assert ran.code == 2
    assert "newer version" in ran.err


def test_an_empty_archive_has_a_status(command):
    ran = command("status", "--json")

    assert ran.code == 0
    document = json.loads(ran.out)
    assert (document["articles"], document["sources"]) == ([], 0)


def test_documents_are_utf_8_whatever_the_locale(tmp_path):
    article = tmp_path / "a.md"
    article.write_text(
        "# 门\n\nSee [他们数了十二道门](https://ministry.example/1).\n", encoding="utf-8"
    )
    env = {**os.environ, "PYTHONIOENCODING": "latin-1", "ARCHIVER_HOME": str(tmp_path)}

    ran = subprocess.run(
        [sys.executable, "-m", "archiver", "extract", str(article), "--json"],
        env=env, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0
    assert "他们数了十二道门" in ran.stdout.decode("utf-8")


@pytest.mark.parametrize(("by", "named"), [("  the editor ", "the editor"), ("  ", "somebody")])
def test_a_name_is_kept_without_white_space_and_none_is_the_system_user(
    command, monkeypatch, by, named
):
    monkeypatch.setenv("LOGNAME", "somebody")
    command("capture", "https://example.org/", "--later")

    held = command("hold", "https://example.org/", "--reason", "a trial", "--by", by)
    told = command("custody", "--json").out

    assert held.code == 0
    assert f'"by": "{named}"' in told

"""The command line as a whole."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.cli.app import COMMANDS, run
from archiver.settings import caller
from archiver.store import schema
from archiver.store.store import database_url
from tests.acceptance.world import ROOT, ended_unread


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def empty_archive(tmp_path_factory):
    """A database that holds nothing, to copy: making one takes longer than most tests."""
    home = tmp_path_factory.mktemp("template")
    schema.upgrade(database_url(home))
    return home / "archiver.db"


@pytest.fixture
def begun(tmp_path, empty_archive):
    """Put an empty archive into the home directory."""
    shutil.copy(empty_archive, tmp_path / "archiver.db")


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
        (["status", "--watch", "--all"], "leave --all, --check and --thorough out"),
        (["status", "--watch", "--check", "--json"], "leave --all, --check and --thorough out"),
        (["notify", "drop"], "for which target"),
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
def test_a_mistake_is_one_line_and_exit_code_2(command, begun, arguments, said):
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


def test_a_database_address_whose_port_is_no_number_is_one_line(command, monkeypatch):
    monkeypatch.setenv("ARCHIVER_STORE__DATABASE", "postgresql+psycopg://u:secret@h:port/db")

    ran = command("status")

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "postgresql+psycopg://user@host:port/name" in ran.err
    assert "secret" not in ran.err


def make_directory(place):
    place.mkdir()


def make_dangling(place):
    place.symlink_to(place.with_name("nowhere"))


@pytest.mark.parametrize("make", [make_directory, make_dangling])
def test_settings_that_are_no_file_are_refused(command, tmp_path, make):
    make(tmp_path / "archiver.toml")

    ran = command("settings")

    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert f"{tmp_path / 'archiver.toml'} is no file" in ran.err


def test_a_newer_database_is_refused_with_what_to_do(command, tmp_path):
    command("db", "upgrade")
    with sqlite3.connect(tmp_path / "archiver.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    ran = command("status")

    assert ran.code == 2
    assert "newer version" in ran.err


def test_an_empty_archive_has_a_status(command, begun):
    ran = command("status", "--json")

    assert ran.code == 0
    document = json.loads(ran.out)
    assert (document["articles"], document["sources"]) == ([], 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("show", "x:1"),
        ("report", "x:1"),
        ("audit", "x:1"),
        ("custody",),
        ("hold", "--list"),
        ("watch", "--list"),
        ("judge", "--again"),
        ("backup", "/tmp/archiver-test-no-backup"),
    ],
    ids=" ".join,
)
def test_what_reads_an_archive_makes_none(command, tmp_path, arguments):
    ran = command(*arguments, "--home", str(tmp_path / "typo"))

    assert (ran.code, ran.out) == (2, "")
    assert f"there is no archive in {tmp_path / 'typo'}" in ran.err
    assert "archiver add" in ran.err
    assert ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_beginning_is_no_archive_to_read(command, tmp_path):
    (tmp_path / "archiver.db").touch()

    ran = command("custody")

    assert ran.code == 2
    assert "there is no archive" in ran.err


def test_doctor_says_how_to_begin_and_makes_nothing(command, tmp_path):
    home = tmp_path / "typo"

    ran = command("doctor", "--quick", "--json", "--home", str(home))

    checks = {one["check"]: one for one in json.loads(ran.out)["checks"]}
    assert ran.code == 4
    assert "archiver add" in checks["database"]["mend"]
    assert not home.exists()


@pytest.mark.parametrize("arguments", [("status",), ("daemon",), ("db", "upgrade")], ids=" ".join)
def test_a_half_restored_home_is_refused_with_what_to_do(command, tmp_path, arguments):
    (tmp_path / "restoring").mkdir()

    ran = command(*arguments)
    doctor = command("doctor", "--quick", "--json")

    assert ran.code == 2
    assert "archiver restore DIR" in ran.err
    assert ran.err.count("\n") == 1
    checks = {one["check"]: one for one in json.loads(doctor.out)["checks"]}
    assert "archiver restore DIR" in checks["home"]["mend"]
    assert [path.name for path in tmp_path.iterdir()] == ["restoring"]


def test_the_version_of_a_database_that_is_not_there_makes_none(command, tmp_path):
    ran = command("db", "version")

    assert (ran.code, list(tmp_path.iterdir())) == (0, [])


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


@pytest.mark.parametrize(("by", "named"), [("  the editor ", "the editor"), ("  ", caller())])
def test_a_name_is_kept_without_white_space_and_none_is_the_system_user(command, by, named):
    command("capture", "https://example.org/", "--later")

    held = command("hold", "https://example.org/", "--reason", "a trial", "--by", by)
    told = command("custody", "--json").out

    assert held.code == 0
    assert f'"by": "{named}"' in told


@pytest.fixture(params=["held back", "said at once"])
def environment(request, tmp_path):
    """The environment of a command, where Python holds back output to a pipe, and where not."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    at_once = {"PYTHONUNBUFFERED": "1"} if request.param == "said at once" else {}
    return {**kept, **at_once, "ARCHIVER_HOME": str(tmp_path)}


def connected() -> tuple[int, int]:
    """Return the two ends of a connection, such as Node gives its children for standard output."""
    ours, theirs = socket.socketpair()
    return ours.detach(), theirs.detach()


@pytest.mark.parametrize(
    ("arguments", "connect", "code"),
    [
        pytest.param(["--version"], os.pipe, 0, id="a line"),
        pytest.param(["--version"], connected, 0, id="a line on a connection"),
        pytest.param(["settings"], os.pipe, 0, id="much"),
        pytest.param(["doctor", "--quick"], os.pipe, 4, id="a table that says there is no archive"),
    ],
)
def test_what_a_command_found_is_its_code_though_nobody_reads_of_it(
    environment, arguments, connect, code
):
    assert ended_unread(environment, *arguments, connect=connect) == (code, "")


@pytest.mark.usefixtures("begun")
def test_a_watched_status_ends_with_its_reader(environment):
    assert ended_unread(environment, "status", "--watch", "--json", read=1) == (0, "")


def test_a_batch_of_judgements_ends_with_its_reader(environment, tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text("a mistake, which is 2 when the batch comes to its end\n")

    assert ended_unread(environment, "judge", "--batch", str(cases)) == (0, "")


@pytest.mark.usefixtures("begun")
def test_a_mistake_is_one_though_nobody_reads_of_it(environment):
    code, complaint = ended_unread(environment, "report", "nothing")

    assert code == 2
    assert complaint.count("\n") == 1


def test_a_mistake_is_one_though_there_is_no_room_to_say_so(environment):
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "archiver", "nonsense"],
            cwd=ROOT, env=environment, stderr=full, check=False,
        )  # fmt: skip

    assert ran.returncode == 2

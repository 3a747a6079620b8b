"""Whose archive a home directory is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from archiver.errors import InputError
from archiver.settings import load
from archiver.store import schema
from archiver.store.home import prepare
from archiver.store.store import database_url
from archiver.wiring.checks import check_all
from archiver.wiring.keeping import restore_backup

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")

OTHER = 54321


@pytest.mark.parametrize("kept", ["captures/ab/cd/01CAPTURE", "blobs/ab/cd/abcd.gz"])
@pytest.mark.parametrize("begins", [False, True])
def test_no_database_is_begun_among_the_files_of_an_archive(kept: str, begins: bool, tmp_path):
    (tmp_path / kept).mkdir(parents=True)
    url = database_url(tmp_path)

    with pytest.raises(InputError, match=r"archiver\.db is missing or empty\): name it in store"):
        prepare(tmp_path, url, begins=begins)
    assert [path.name for path in tmp_path.iterdir()] == [kept.partition("/")[0]]

    elsewhere = database_url(tmp_path, f"sqlite:///{tmp_path}/elsewhere.db")
    schema.upgrade(elsewhere)
    prepare(tmp_path, elsewhere, begins=begins)


def test_an_archive_begins_where_there_are_only_directories_of_one(tmp_path: Path):
    (tmp_path / "captures" / "ab").mkdir(parents=True)

    prepare(tmp_path, database_url(tmp_path), begins=True)


@only_root
@pytest.mark.parametrize("name", ["archiver.db", "captures", "staging"])
def test_root_is_refused_the_archive_of_another_user(name: str, tmp_path: Path):
    (tmp_path / name).mkdir()
    os.chown(tmp_path / name, OTHER, OTHER)

    with pytest.raises(InputError, match=f"is the archive of user {OTHER}.* --reuid {OTHER} "):
        prepare(tmp_path, database_url(tmp_path), begins=True)


@only_root
def test_an_owner_with_a_name_is_named(tmp_path: Path):
    (tmp_path / "captures").mkdir()
    os.chown(tmp_path / "captures", pwd.getpwnam("nobody").pw_uid, 0)

    with pytest.raises(InputError, match=r"the archive of nobody, .*: runuser -u nobody -- arch"):
        prepare(tmp_path, database_url(tmp_path), begins=True)


@only_root
@pytest.mark.anyio
async def test_root_restores_nothing_into_the_directory_of_another_user(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, OTHER, OTHER)

    with pytest.raises(InputError, match=f"is the archive of user {OTHER}"):
        await restore_backup(tmp_path / "backup", load(home))
    assert not [*home.iterdir()]


@only_root
def test_root_may_begin_one_in_the_directory_of_another_user(tmp_path: Path):
    os.chown(tmp_path, OTHER, OTHER)

    prepare(tmp_path, database_url(tmp_path), begins=True)


@only_root
@pytest.mark.anyio
async def test_doctor_names_the_user_whose_archive_it_is(tmp_path: Path):
    schema.upgrade(database_url(tmp_path))
    os.chown(tmp_path / "archiver.db", OTHER, OTHER)

    home = (await check_all(load(tmp_path), quick=True))[0]

    assert not home.is_well
    assert f"user {OTHER}" in home.found

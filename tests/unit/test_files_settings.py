"""How the settings say where files are kept, and what of them cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import SettingsError
from archiver.settings import load
from archiver.store.bucket import Access
from archiver.wiring import checks
from archiver.wiring.files import access_of
from tests import s3

pytestmark = pytest.mark.anyio

WHOLE = {
    "url": "s3://bucket/of/evidence",
    "endpoint": "https://store.example",
    "access_key": "key",
    "secret_key": "hush",
}


def test_files_are_on_disk_unless_a_store_is_named(tmp_path: Path) -> None:
    assert access_of(load(tmp_path)) is None


def test_a_store_is_read_from_its_settings(tmp_path: Path) -> None:
    access = access_of(load(tmp_path, {"files": WHOLE}))

    assert access == Access(
        "bucket",
        "of/evidence",
        endpoint="https://store.example",
        access_key="key",
        secret_key="hush",
    )
    assert "hush" not in repr(access)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "https://bucket.example"}, "files.url"),
        ({"url": "s3://bucket/../other"}, "files.url"),
        ({"url": "s3://BUCKET"}, "files.url"),
        ({"endpoint": "ftp://store.example"}, "files.endpoint"),
        ({"endpoint": "https://user:pass@store.example"}, "files.endpoint"),
        ({"endpoint": "http://store.example"}, "files.allow_http"),
        ({"secret_key": ""}, "files.secret_key"),
        ({"access_key": ""}, "files.access_key"),
        ({"secret_key": ["hush"]}, "files.secret_key"),
    ],
)
def test_settings_that_cannot_be_are_named_in_one_line(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        access_of(load(tmp_path, {"files": WHOLE | change}))

    assert said in str(raised.value)
    assert "hush" not in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_doctor_says_whether_the_store_takes_and_gives_back(tmp_path: Path) -> None:
    here = s3.access()
    files = WHOLE | {"endpoint": here.endpoint, "allow_http": True, "url": f"s3://{here.bucket}"}

    well = await checks.check_files(load(tmp_path, {"files": files}))
    ill = await checks.check_files(load(tmp_path, {"files": files | {"url": "s3://nobody"}}))

    assert (well.is_well, well.found) == (True, files["url"])
    assert (ill.is_well, ill.mend) == (False, "mend files.* in archiver.toml")
    assert "make the bucket" in ill.found

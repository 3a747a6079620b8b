"""The settings reference, the README and the code say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from archiver.errors import SettingsError
from archiver.settings import Settings, as_table, as_toml, load
from archiver.wiring.policies import of_credentials

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch, tmp_path):
    for name in list(__import__("os").environ):
        if name.startswith("ARCHIVER_"):
            monkeypatch.delenv(name)


def defaults(tmp_path: Path) -> Settings:
    return load(tmp_path)


def test_the_settings_file_holds_every_setting_at_its_default(tmp_path):
    written = (ROOT / "config" / "archiver.toml").read_text(encoding="utf-8")

    assert written == as_toml(defaults(tmp_path))


def test_the_readme_lists_every_setting(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.search(
        r"<!-- settings: begin -->\n\n(.*)\n<!-- settings: end -->", readme, re.DOTALL
    )

    assert listed is not None
    assert listed[1] == as_table(defaults(tmp_path))


def test_the_settings_file_reads_back_as_the_defaults(tmp_path):
    text = as_toml(defaults(tmp_path))
    (tmp_path / "archiver.toml").write_text(text, encoding="utf-8")

    assert tomllib.loads(text).keys() == Settings.model_fields.keys() - {"home"}
    assert load(tmp_path) == defaults(tmp_path)


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "archiver.toml").write_text("[net]\nper_host = 3\nspacing_s = 1\n")
    monkeypatch.setenv("ARCHIVER_NET__PER_HOST", "7")

    net = load(tmp_path).net

    assert (net.per_host, net.spacing_s) == (7, 1.0)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ARCHIVER_NET__TIMEOUT_S", "soon", "net.timeout_s"),
        ("ARCHIVER_NET__TIMEOUT_S", "0", "greater than or equal to 0.001"),
        ("ARCHIVER_NET__UNHEARD_OF", "1", "net.unheard_of"),
        ("ARCHIVER_NET__ALLOW", "[", "cannot be read"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_line(tmp_path, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        load(tmp_path)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "archiver.toml").write_text("[net\n")

    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


SECRET = "tok-5d2e-not-to-be-shown"


def test_a_secret_is_read_and_never_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVER_CREDENTIALS__X", SECRET)

    settings = load(tmp_path)

    assert settings.credentials.x.get_secret_value() == SECRET
    for shown in (as_toml(settings), as_table(settings), repr(settings), str(settings),
                  settings.model_dump_json(), repr(of_credentials(settings))):  # fmt: skip
        assert SECRET not in shown
    assert tomllib.loads(as_toml(settings))["credentials"]["x"] == ""


def test_a_password_in_an_address_is_not_printed(tmp_path, monkeypatch):
    address = "postgresql+psycopg://archiver:hunter2@db.example/archive"
    monkeypatch.setenv("ARCHIVER_STORE__DATABASE", address)

    printed = as_toml(load(tmp_path))

    assert "hunter2" not in printed
    shown = tomllib.loads(printed)["store"]["database"]
    assert shown == "postgresql+psycopg://archiver:@db.example/archive"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARCHIVER_CREDENTIALS__NOBODY", SECRET),
        ("ARCHIVER_CREDENTIALS", f'"{SECRET}"'),
        ("ARCHIVER_CREDENTIALS", f'{{"x": {{"token": "{SECRET}"}}}}'),
        ("ARCHIVER_CREDENTIALS", f"[{SECRET}"),
        ("ARCHIVER_CREDENTIALS__X", f"{SECRET}\n"),
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_without_being_shown(
    tmp_path, monkeypatch, name, value
):
    monkeypatch.setenv(name, value + ("x" if value.endswith("\n") else ""))

    with pytest.raises(SettingsError) as refused:
        of_credentials(load(tmp_path))

    assert "credentials" in str(refused.value).lower()
    assert SECRET not in str(refused.value)

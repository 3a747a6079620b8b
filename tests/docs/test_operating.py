"""What runs the service elsewhere (systemd, compose, the image) fits the program."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from archiver.cli.app import COMMANDS
from archiver.settings import Settings, load
from archiver.wiring.hidden import secrets_of

ROOT = Path(__file__).parents[2]
UNITS = ("citation-archiver.service", "citation-archiver-worker@.service")
SECURED = ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices", "RestrictSUIDSGID")


def unit(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with its values in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (ROOT / "config" / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return document


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in service.get("environment", {}).items()}


def is_a_setting(variable: str) -> bool:
    if variable == "ARCHIVER_HOME":
        return True
    section, _, name = variable.removeprefix("ARCHIVER_").lower().partition("__")
    field = Settings.model_fields.get(section)
    return field is not None and name in getattr(field.annotation, "model_fields", {})


def commands(names: list[list[str]]) -> set[str]:
    return {words[1] for words in names if words[0].endswith("archiver")}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_gives_the_service_more_time_to_end_than_it_takes(name, tmp_path):
    stop = int(unit(name)["TimeoutStopSec"][0])

    assert stop >= load(tmp_path).daemon.grace_s + 10
    assert unit(name)["KillMode"] == ["mixed"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_watched_and_confined(name):
    found = unit(name)

    assert found["Type"] == ["notify"]
    assert int(found["WatchdogSec"][0]) >= 10
    assert [found[key] for key in SECURED] == [["yes"]] * len(SECURED)
    assert found["ProtectSystem"] == ["strict"]
    assert found["CapabilityBoundingSet"] == [""]
    assert {"AF_INET", "AF_INET6", "AF_UNIX"} <= set(found["RestrictAddressFamilies"][0].split())
    assert {"user", "pid", "net"} == set(found["RestrictNamespaces"][0].split())


def test_both_units_are_confined_alike():
    different = {"Description", "ExecStart", "Environment"}
    daemon, worker = (
        {key: value for key, value in unit(name).items() if key not in different} for name in UNITS
    )

    assert daemon == worker


def test_a_command_on_the_archive_of_the_service_is_run_as_the_service_is():
    script = ROOT / "config" / "citation-archiver"
    found = unit(UNITS[0])
    text = script.read_text()

    assert os.access(script, os.X_OK)
    assert f"--uid={found['User'][0]} " in text
    assert f"--setenv={found['Environment'][0]} " in text
    assert f"EnvironmentFile={found['EnvironmentFile'][0]} " in text
    assert f"UMask={found['UMask'][0]} " in text
    assert f"{found['ExecStart'][0].split()[0]} " in text


def test_a_command_on_the_archive_of_the_service_knows_who_called_it_and_where(tmp_path):
    here = tmp_path / "a folder"
    here.mkdir()
    stub = tmp_path / "systemd-run"
    stub.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    stub.chmod(0o755)

    run = subprocess.run(
        [ROOT / "config" / "citation-archiver", "add", "an article.html"],
        cwd=here, env={"PATH": str(tmp_path), "SUDO_USER": "ada"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    told = run.stdout.splitlines()
    assert "--setenv=SUDO_USER=ada" in told
    assert f"--property=WorkingDirectory=-{here}" in told
    assert told[-2:] == ["add", "an article.html"]


def test_what_the_first_lines_of_a_unit_copy_is_there_and_so_is_what_it_names():
    comments = "".join(
        line for name in UNITS for line in (ROOT / "config" / name).read_text().splitlines(True)
        if line.startswith("#")
    )  # fmt: skip
    copied = re.findall(r"cp (\S+) (\S+/)", comments)

    assert [one for one, _ in copied if not (ROOT / one).is_file()] == []
    targets = {f"file:{folder}{Path(one).name}" for one, folder in copied}
    assert {one for name in UNITS for one in unit(name)["Documentation"]} <= targets


def test_readme_installs_what_the_image_has():
    image = re.search(r"--no-install-recommends \\\n\s+(.*) \\", (ROOT / "Dockerfile").read_text())
    readme = re.search(r"^    apt-get install (.*)", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert image
    assert readme
    assert set(image[1].split()) - {"tini"} <= set(readme[1].split())


def test_what_starts_the_program_names_its_settings_and_commands():
    named = [value.partition("=")[0] for name in UNITS for value in unit(name)["Environment"]]
    services = compose()["services"].values()
    named += [key for one in services for key in environment(one) if key.startswith("ARCHIVER_")]
    run = [unit(name)["ExecStart"][0].split() for name in UNITS]
    run += [one["command"] for one in services if one["command"][0] == "archiver"]

    assert [name for name in named if not is_a_setting(name)] == []
    assert commands(run) == {"daemon", "worker", "db"}
    assert commands(run) - COMMANDS.keys() == set()


@pytest.mark.parametrize("name", ["daemon", "worker"])
def test_the_settings_of_a_composed_service_are_read_and_its_pages_are_in_reach(
    name, tmp_path, monkeypatch
):
    for key, value in environment(compose()["services"][name]).items():
        monkeypatch.setenv(key, re.sub(r"\$\{(\w+):\?[^}]*\}", "secret", value))

    settings = load(tmp_path)

    assert settings.store.database == "postgresql+psycopg://archiver:secret@database/archiver"
    assert settings.daemon.listen == "0.0.0.0:8474"
    assert name in settings.daemon.hosts


def test_a_prometheus_is_told_of_every_composed_service_that_has_pages():
    readme = (ROOT / "README.md").read_text()
    [written] = re.findall(r"```yaml\n(- job_name.*?)```", readme, re.DOTALL)
    [job] = yaml.safe_load(written)
    [found] = job["dns_sd_configs"]
    services = compose()["services"]

    listening = {n for n, one in services.items() if "ARCHIVER_DAEMON__LISTEN" in environment(one)}
    assert set(found["names"]) == listening
    assert found["port"] == 8474
    assert all("inside" in services[name]["networks"] for name in found["names"])
    assert f'job="{job["job_name"]}"' in readme


def test_backups_of_the_composed_service_lie_outside_of_it_and_are_its_users():
    service = compose()["services"]["daemon"]
    [place] = [one.rpartition(":")[2] for one in service["volumes"] if one.startswith("${BACKUP:-")]
    user = re.search(r"useradd --uid (\d+)", (ROOT / "Dockerfile").read_text())
    readme = (ROOT / "README.md").read_text()

    assert user
    for text in (readme, (ROOT / "compose.yaml").read_text()):
        assert set(re.findall(r"--owner=(\d+)", text)) == {user[1]}
    named = re.findall(r"daemon archiver (backup|restore) (\S+)", readme)
    assert named == [("backup", place), ("restore", place)]


def test_the_composed_service_is_not_privileged_and_shows_itself_on_loopback_alone():
    document = compose()
    services = document["services"]

    assert not any("privileged" in one or "cap_add" in one for one in services.values())
    for name in ("migrate", "daemon", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in services[name]["security_opt"]
    published = [port for one in services.values() for port in one.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert document["networks"]["inside"] == {"internal": True}
    assert [services[name]["networks"] for name in ("database", "files")] == [["inside"]] * 2


def test_no_secret_is_written_in_the_composed_service_and_none_has_a_default():
    text = (ROOT / "compose.yaml").read_text()
    secrets = re.findall(r"(?:PASSWORD|SECRET_KEY|SECRET_ACCESS_KEY): (.*)", text)

    assert len(secrets) == 3
    assert all(re.fullmatch(r'"\$\{\w+:\?[^}]+\}"', one) for one in secrets)


def test_every_composed_service_waits_for_what_it_needs_and_says_when_it_is_ready():
    services = compose()["services"]

    assert services["worker"]["deploy"]["replicas"] == "${WORKERS:-2}"
    assert services["worker"]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }
    for name in ("database", "files", "daemon", "worker"):
        assert services[name]["healthcheck"]["test"][0] == "CMD", name
    assert "/readyz" in " ".join(services["daemon"]["healthcheck"]["test"])


def test_the_image_is_run_without_rights_ends_at_sigterm_and_says_when_it_is_ready():
    image = (ROOT / "Dockerfile").read_text()

    assert re.findall(r"^USER (.*)", image, re.MULTILINE)[-1] == "archiver"
    assert "STOPSIGNAL SIGTERM" in image
    assert re.search(r"HEALTHCHECK(.|\\\n)*/readyz", image)


def test_the_profile_of_system_calls_lets_the_sandbox_work_and_little_else_of_its_kind():
    document = json.loads((ROOT / "config" / "seccomp.json").read_text())
    (refused,) = document["syscalls"]

    assert document["defaultAction"] == "SCMP_ACT_ALLOW"
    assert refused["action"] == "SCMP_ACT_ERRNO"
    assert set(refused["names"]).isdisjoint(
        {"clone", "clone3", "unshare", "setns", "chroot", "seccomp"}
    )
    assert {"mount", "bpf", "keyctl", "io_uring_setup", "kexec_load", "pivot_root"} <= set(
        refused["names"]
    )


WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_every_secret_setting_is_kept_out_of_the_log(tmp_path, monkeypatch):
    named = [
        (section, name)
        for section, field in Settings.model_fields.items()
        for name, one in getattr(field.annotation, "model_fields", {}).items()
        if one.annotation is SecretStr
    ]
    for section, name in named:
        monkeypatch.setenv(
            f"ARCHIVER_{section.upper()}__{name.upper()}", f"secret-{section}-{name}"
        )

    hook, mail = "https://hook.example/T0/of-nobody", "mailto://desk:secretword@mail.example"
    targets = [
        {"name": "hook", "kind": "webhook", "url": hook, "secret": WHSEC},
        {"name": "mail", "kind": "apprise", "url": mail},
    ]
    monkeypatch.setenv("ARCHIVER_NOTIFY__TARGETS", json.dumps(targets))

    hidden = secrets_of(load(tmp_path))

    assert len(named) >= 4
    assert {WHSEC, hook, "hook.example/T0/of-nobody", mail, "secretword"} <= set(hidden)
    assert {"https", "mailto", "hook.example", "mail.example"}.isdisjoint(hidden)
    assert {f"secret-{section}-{name}" for section, name in named} <= set(hidden)

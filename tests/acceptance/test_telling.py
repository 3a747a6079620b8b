"""Being told, from the command line: targets, tests, notes taken; and no secret anywhere."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from archiver.cli.app import run
from archiver.store.store import SqlStore
from archiver.wiring import Archive
from tests import build
from tests.acceptance.world import ROOT
from tests.build import NOW
from tests.site import Site

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOKEN = "tok5d2enot2bshown"


def target(port: int, **changes: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/{TOKEN}"
    return {"name": "desk", "kind": "webhook", "url": url, "secret": SECRET, **changes}


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Run a command with targets in the environment; return its code, output and errors."""
    monkeypatch.setenv("ARCHIVER_HOME", str(tmp_path))

    def call(targets: list[dict[str, Any]], *arguments: str, port: int = 1) -> tuple[int, str, str]:
        monkeypatch.setenv("ARCHIVER_NOTIFY__TARGETS", json.dumps(targets))
        monkeypatch.setenv("ARCHIVER_NOTIFY__GATHER_S", "0")
        monkeypatch.setenv("ARCHIVER_NET__ALLOW", json.dumps([f"127.0.0.0/8:{port}"]))
        code = run(arguments)
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        assert TOKEN not in said.out + said.err
        return code, said.out, said.err

    return call


def lost(home: Path) -> str:
    """Store a source that is gone, and return its event."""

    async def work() -> str:
        store = await SqlStore.open(home)
        source = await store.sources.register(build.ref(), None, NOW)
        event = build.event(source_id=source.id, after="gone: deleted")
        await store.looks.note([event])
        await store.close()
        return event.id

    return asyncio.run(work())


async def announce(home: Path) -> None:
    async with Archive(home) as archive:
        await archive.announce()


def test_a_test_message_says_what_came_back(told):
    with Site() as site:
        site.reply(f"/{TOKEN}", b"", status="204 No Content")
        good = told([target(site.port)], "notify", "test", port=site.port)
        bad = told([target(site.port)], "notify", "test", "desk", "--json", port=1)

    assert good[0] == 0
    assert re.search(r"desk\s+was taken\s+answered 204", good[1])
    assert bad[0] == 4
    (tested,) = json.loads(bad[1])["tested"]
    assert (tested["target"], tested["heard"]) == ("desk", "later")
    assert "net.allow" in tested["note"]


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([target(1), target(1)], "two targets are called desk"),
        ([target(1, secret="whsec_short")], "openssl rand"),
        ([target(1, kind="pigeon")], "notify.targets.0.kind"),
        ([target(1, tell=[])], "notify.targets.0.tell"),
        ([target(1, tell=["doomed"])], "notify.targets.0.tell.0"),
        ([target(1, hour=24)], "notify.targets.0.hour"),
        ([target(1, time_zone="Mars/Base")], "no time zone"),
        ([target(1, platforms=["tiktak"])], "tiktak is no platform"),
        ([target(1, url=f"ftp://{TOKEN}/")], "not http or https"),
        ([target(1, url=f"{TOKEN}")], "targets desk"),
        ([target(1, kind="apprise", url=TOKEN, secret="")], "mailto://"),
        ([target(1, kind="apprise")], "only a webhook has a secret"),
    ],
)
def test_a_target_that_cannot_be_is_refused_in_one_line(told, targets, said):
    code, out, err = told(targets, "notify")

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_the_settings_show_targets_without_their_secrets(told):
    document = told([target(1)], "settings", "--json")[1]
    toml = told([target(1)], "settings")[1]

    assert json.loads(document)["notify"]["targets"][0]["name"] == "desk"
    assert "[[notify.targets]]\n\n# What it is called" in toml
    assert 'url = ""  # set, not shown' in toml


def test_what_was_told_is_listed_and_what_was_noted_is_not_repeated(told, tmp_path):
    event = lost(tmp_path)
    with Site() as site:
        site.reply(f"/{TOKEN}", b"", status="200 OK")
        targets = [target(site.port, repeat_h=6)]
        waiting = json.loads(told(targets, "notify", "--json")[1])["outbox"]
        told(targets, "status", port=site.port)  # sets the environment
        asyncio.run(announce(tmp_path))
        before = json.loads(told(targets, "notify", "--json")[1])
        acked = told(targets, "ack", event, "--by", "a clerk")
        after = json.loads(told(targets, "notify", "--json")[1])

    assert (waiting, before["outbox"]) == (1, 0)
    assert [one["state"] for one in before["deliveries"]] == ["sent"]
    assert before["deliveries"][0]["next_try_at"] is not None
    assert acked[:2] == (0, "noted by a clerk: 1 events, 1 deliveries\n")
    (noted,) = after["deliveries"]
    assert (noted["state"], noted["acknowledged_by"]) == ("acknowledged", "a clerk")


def test_the_status_tells_of_a_stopped_target_as_long_as_the_settings_name_it(told, tmp_path):
    lost(tmp_path)
    with Site() as site:
        site.reply(f"/{TOKEN}", b"", status="410 Gone")
        stopped = [target(site.port)]
        told(stopped, "status", port=site.port)  # sets the environment
        asyncio.run(announce(tmp_path))

        def paused(targets: list[dict[str, Any]]) -> list[str]:
            document = json.loads(told(targets, "status", "--json")[1])
            return [one["service"] for one in document["paused_services"]]

        (named,) = paused(stopped)
        assert named.startswith("notify:desk:")
        assert paused([target(site.port, url=f"{stopped[0]['url']}/mended")]) == []
        assert paused([]) == []


def test_what_waits_for_a_target_that_is_not_named_is_told_until_somebody_drops_it(told, tmp_path):
    event = lost(tmp_path)
    told([target(1)], "status")  # sets the environment
    asyncio.run(announce(tmp_path))

    listed = told([], "notify")
    document = json.loads(told([], "notify", "--json")[1])
    checks = json.loads(told([], "doctor", "--quick", "--json")[1])["checks"]
    [telling] = [one for one in checks if one["check"] == "telling"]
    named = told([target(1)], "notify", "drop", "desk")
    unknown = told([], "notify", "drop", "nobody")
    dropped = told([], "notify", "drop", "desk")
    after = json.loads(told([], "notify", "--json")[1])

    assert "1 news wait for desk, which the settings do not name" in listed[1]
    assert document["unnamed"] == {"desk": 1}
    assert (telling["well"], "notify drop desk" in telling["mend"]) == (False, True)
    assert (named[0], unknown[0]) == (2, 2)
    assert dropped[:2] == (0, "given up: 1 news for desk\n")
    assert (after["unnamed"], after["deliveries"][0]["event"]) == ({}, event)
    assert after["deliveries"][0]["state"] == "failed"


def test_news_that_nobody_was_told_yet_is_noted_by_its_source_and_told_once(told, tmp_path):
    lost(tmp_path)
    with Site() as site:
        site.reply(f"/{TOKEN}", b"", status="200 OK")
        targets = [target(site.port, repeat_h=6)]
        document = json.loads(told(targets, "status", "--json")[1])
        assert document["sources"] == 1
        source = asyncio.run(_only_source(tmp_path))

        code, out, _ = told(targets, "ack", source, "--json", port=site.port)
        asyncio.run(announce(tmp_path))
        (delivery,) = json.loads(told(targets, "notify", "--json")[1])["deliveries"]

        assert (code, json.loads(out)["deliveries"]) == (0, 1)
        assert len(site.asked) == 1
        assert (delivery["state"], delivery["next_try_at"]) == ("acknowledged", None)


def test_a_note_taken_where_no_target_is_set_leaves_news_for_the_daemon_that_has_them(
    told, tmp_path
):
    lost(tmp_path)
    source = asyncio.run(_only_source(tmp_path))

    code, out, _ = told([], "ack", source)

    assert (code, out) == (0, "nothing of it waits to be told, or was told to anybody\n")
    assert json.loads(told([], "notify", "--json")[1])["outbox"] == 1


async def _only_source(home: Path) -> str:
    async with Archive(home) as archive:
        (source,) = await archive.outside.store.sources.all()
        return source.ref.name


@pytest.mark.parametrize("arguments", [("ack", "nothing"), ("notify", "test", "nobody")])
def test_what_is_not_known_is_the_callers_mistake(told, arguments):
    code, _, err = told([target(1)], *arguments)

    assert code == 2
    assert "archiver" in err


def test_the_recipe_of_the_readme_checks_a_signature():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    recipe = re.search(r"```python\n(import base64.*?)```", readme, re.DOTALL)
    assert recipe is not None
    named: dict[str, Any] = {}
    exec(recipe[1], named)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    assert named["is_ours"](headers, b'{"test": 2432232314}', SECRET)
    assert not named["is_ours"](headers, b'{"test": 2432232315}', SECRET)
    two = headers | {"webhook-signature": "v1,\xe4 " + headers["webhook-signature"]}
    assert named["is_ours"](two, b'{"test": 2432232314}', SECRET)
    for name in headers:  # bytes that are no ASCII come as letters, or as lone surrogates
        for odd in ("\xe4", "\udce4"):
            body, forged = b'{"test": 2432232314}', headers | {name: odd}
            assert not named["is_ours"](forged, body, SECRET)

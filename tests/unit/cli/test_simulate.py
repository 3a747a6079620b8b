from __future__ import annotations

import json

import pytest

from archiver.cli.app import run


@pytest.fixture(autouse=True)
def _no_ambient_home(monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHIVER_HOME", str(tmp_path / "home"))


def test_a_simulation_is_printed_as_a_table_and_bars_and_makes_no_home(tmp_path, capsys):
    code = run(["simulate", "--sources", "60", "--kind", "all", "--seed", "4"])

    said = capsys.readouterr().out
    assert code == 0
    assert "60 sources, 1 year, seed 4" in said
    assert {"timetable", "daily", "weekly"} <= {
        line.strip()[:9].strip() for line in said.split("\n")
    }
    assert "█" in said
    assert "gone: " in said
    assert not (tmp_path / "home").exists()


def test_a_simulation_is_one_document_that_depends_on_the_seed_alone(capsys):
    arguments = ["simulate", "--json", "--sources", "80", "--seed", "2", "--years", "0.5"]
    run(arguments)
    first = capsys.readouterr().out
    run(arguments)

    assert capsys.readouterr().out == first
    document = json.loads(first)
    assert [document[name] for name in ("seed", "years", "sources", "kind")] == [
        2,
        0.5,
        80,
        "posts",
    ]
    assert [one["schedule"] for one in document["removed"]] == [
        "timetable", "daily", "weekly", "as many looks",
    ]  # fmt: skip
    assert [band["age"] for band in document["removed"][0]["bands"]] == [
        "< 1 h", "1-24 h", "1-7 d", "7-30 d", "later",
    ]  # fmt: skip
    assert document["edited"] == []
    assert document["gone"]["precision"] == 1


def test_a_simulation_follows_the_settings(monkeypatch, capsys):
    arguments = ["simulate", "--json", "--sources", "30"]
    run(arguments)
    usual = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("ARCHIVER_SCHEDULE__CAP_S", "86400")

    run(arguments)

    often = json.loads(capsys.readouterr().out)
    assert usual["removed"][0]["looks_per_year"] < 50
    assert often["removed"][0]["looks_per_year"] > 300


def test_a_plot_is_written_where_it_is_wanted(tmp_path, capsys):
    run(["simulate", "--sources", "60", "--plot", str(tmp_path / "delays.svg")])

    assert (tmp_path / "delays.svg").read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    "arguments",
    [["--plot", "delays.gif"], ["--kind", "podcasts"], ["--sources", "0"], ["--years", "0"]],
)
def test_what_cannot_be_simulated_is_refused_in_one_line(arguments, capsys):
    assert run(["simulate", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

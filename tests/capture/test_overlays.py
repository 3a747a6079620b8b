"""Boxes over the page: the untouched picture first, a second one without them, nothing answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from archiver.model.capture import ArtifactKind, CaptureOutcome, Recording
from tests.capture.archive import read_warc
from tests.capture.pages import CONTENT_BOXES

pytestmark = pytest.mark.browser

RED, BLUE, GROUND = (255, 0, 0), (0, 0, 255), (250, 250, 250)
BOX, PAGE, HEADER = (640, 900), (640, 400), (900, 30)


def consent(studio, name: str) -> tuple[Recording, Path]:
    taken: tuple[Recording, Path] = studio.once(f"http://site.test/consent-{name}")
    return taken


def overlays(recording: Recording) -> list[dict[str, object]]:
    page = recording.provenance["page"]
    assert isinstance(page, dict)
    told: list[dict[str, object]] = page["overlays"]
    return told


def pixel(path: Path, place: tuple[int, int]) -> object:
    with Image.open(path) as picture:
        return picture.convert("RGB").getpixel(place)


@pytest.mark.parametrize("name", ["vendor", "home"])
def test_the_first_picture_shows_the_box_and_the_second_what_it_covers(studio, name):
    recording, folder = consent(studio, name)
    untouched, cleaned = folder / "screenshot.png", folder / "screenshot-cleaned.png"

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert (pixel(untouched, BOX), pixel(cleaned, BOX)) == (RED, GROUND)
    assert pixel(untouched, PAGE) != pixel(cleaned, PAGE) == GROUND
    assert pixel(cleaned, HEADER) == BLUE


@pytest.mark.parametrize(
    ("name", "rule", "selector", "height", "words"),
    [
        ("vendor", "OneTrust", "#onetrust-consent-sdk", 400, "We value your privacy Accept all"),
        ("home", "asks for consent over the page", "div.over.notice", 300,
         "This site uses Cookies. Accept"),
    ],
)  # fmt: skip
def test_what_was_set_aside_is_told(studio, name, rule, selector, height, words):
    recording, _ = consent(studio, name)

    assert overlays(recording) == [
        {"rule": rule, "selector": selector, "width": 1280, "height": height, "words": words},
        {"rule": "shade behind such a box", "selector": "div.over", "width": 1280, "height": 1024,
         "words": ""},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["vendor", "home"])
def test_text_and_records_are_of_the_untouched_page(studio, name):
    recording, folder = consent(studio, name)

    assert "Accept" in recording.text
    assert "display: none" not in recording.rendered_html
    assert not [one for one in read_warc(folder) if "cleaned" in one.url]
    assert [a.path for a in recording.artifacts if a.kind is ArtifactKind.SCREENSHOT] == [
        "screenshot.png"
    ]


def test_a_box_that_asks_for_no_consent_stays(studio):
    recording, folder = consent(studio, "offer")

    assert overlays(recording) == []
    assert not (folder / "screenshot-cleaned.png").exists()


@pytest.mark.parametrize("name", [name for name in CONTENT_BOXES if name != "halves"])
def test_what_holds_the_words_of_the_page_is_never_set_aside(studio, name):
    recording, folder = consent(studio, name)

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert overlays(recording) == []
    assert not (folder / "screenshot-cleaned.png").exists()


def test_boxes_together_never_take_most_words_of_the_page(studio):
    recording, _ = consent(studio, "halves")

    named = [one["rule"] for one in overlays(recording) if one["words"]]
    assert named == ["Klaro"]


def test_an_element_whose_words_lie_in_a_shadow_is_no_shade(studio):
    recording, folder = consent(studio, "component")

    assert "div#host.over" not in [one["selector"] for one in overlays(recording)]
    assert pixel(folder / "screenshot-cleaned.png", PAGE) == RED


def test_a_page_without_boxes_has_one_picture(studio):
    recording, folder = studio.once("http://site.test/embeds")

    assert overlays(recording) == []
    assert not (folder / "screenshot-cleaned.png").exists()

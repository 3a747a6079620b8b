"""A capture is worth what can be seen of it later: replayed from the WARC alone, offline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from typing_extensions import override

from archiver.capture.locate import find_browser
from tests.capture.archive import Kept, read_warc

pytestmark = pytest.mark.browser

AWKWARD = "http://site.test/awkward"
IMAGES = "() => [...document.images].map((i) => [i.id || i.src, i.complete && i.naturalWidth])"


@contextmanager
def replay_proxy(records: list[Kept]) -> Iterator[tuple[str, list[str]]]:
    """Serve the records' responses by address and nothing else; tell what was asked in vain."""
    by_url = {one.url: one for one in records if one.type == "response"}
    missed: list[str] = []

    class Replay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept = by_url.get(self.path)
            if kept is None:
                missed.append(self.path)
                self.send_error(404)
                return
            self.send_response_only(kept.status)
            for name, value in kept.head:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(kept.body)

        def do_POST(self) -> None:
            self.do_GET()

        def do_CONNECT(self) -> None:
            missed.append(self.path)
            self.send_error(403)

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", missed
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def offline_page(proxy: str) -> Iterator[Page]:
    """Open a browser that reaches the replay proxy and no name or address besides."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(find_browser(None).path),
            proxy={"server": proxy},
            args=["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        yield browser.new_page(viewport={"width": 1280, "height": 1024})
        browser.close()


def test_a_capture_replays_its_text_and_images_from_the_warc_alone(studio):
    recording, folder = studio.once(AWKWARD)

    with replay_proxy(read_warc(folder)) as (proxy, missed), offline_page(proxy) as page:
        page.goto(AWKWARD)
        page.locator("#lazy").scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('#lazy').complete")
        texts = [frame.locator(":root").inner_text().strip() for frame in page.frames]
        images = dict(page.evaluate(IMAGES))
        (framed,) = page.frames[1].evaluate(IMAGES)

    assert "\n\n".join(texts) == recording.text
    assert images == {"moved": 20, "missing": 0, "lazy": 50}
    assert framed == ["http://other.test/frame.png", 40]
    of_page = [url for url in missed if url.split("/")[2:3] in (["site.test"], ["other.test"])]
    assert of_page == []


def test_the_screenshot_of_a_replay_is_the_screenshot_of_the_capture(studio, tmp_path):
    url = "http://site.test/tall"
    _, folder = studio.once(url)
    replayed = tmp_path / "replayed.png"

    with replay_proxy(read_warc(folder)) as (proxy, _), offline_page(proxy) as page:
        page.goto(url)
        page.screenshot(path=replayed)

    assert top_of(replayed) == top_of(folder / "screenshot.png")


def top_of(path: Path) -> bytes:
    with Image.open(path) as picture:
        return picture.convert("RGB").crop((0, 0, 1280, 1024)).tobytes()

"""Captures a second, beside what a naive Playwright script does, in one run on one machine.

The naive script keeps one browser open and, page by page, loads it and takes a full-page
screenshot: no recording, no guard, no WARC, no database. The product does all of that: it looks,
records through the guard, waits for the page to come to rest, takes screenshot, preview and text,
writes the WARC, publishes the files durably and commits to the database. Rounds alternate, so that
a busy machine slows both.

``--cold`` measures whole processes: ``archiver capture URL`` beside a naive script that starts its
browser and waits for the network to be idle, and ``archiver --help``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from archiver.capture.locate import find_browser
from archiver.settings import Settings
from archiver.wiring import Archive
from tests.bench.pages import SETS

VIEWPORT = {"width": 1280, "height": 1024}
AIMS = {"photographs": 1.5, "graphics": 1.2, "text": 1.2}
NAIVE_COLD = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path=sys.argv[1])
    page = browser.new_page(viewport={"width": 1280, "height": 1024})
    page.goto(sys.argv[2], wait_until="networkidle")
    page.screenshot(path=sys.argv[3], full_page=True)
    browser.close()
"""


@contextmanager
def page_server() -> Iterator[int]:
    """Serve the page sets from another process; yield the port."""
    command = [sys.executable, "-m", "tests.bench.pages"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.stdin.close()


def settings_for(home: Path, port: int, at_once: int | None) -> Settings:
    """Let the product reach the page sets, and ask one host without waiting in between."""
    return Settings.model_validate({
        "home": home,
        "net": {"allow": [f"127.0.0.1/32:{port}"], "spacing_s": 0, "per_host": 8},
        "capture": {} if at_once is None else {"at_once": at_once},
    })  # fmt: skip


async def run_naive(browser: Browser, urls: list[str], folder: Path) -> float:
    """Return pages a second of the naive way."""
    begun = time.perf_counter()
    for number, url in enumerate(urls):
        page = await browser.new_page(viewport={"width": 1280, "height": 1024})
        await page.goto(url, wait_until="load")
        await page.screenshot(path=folder / f"{number}.png", full_page=True)
        await page.close()
    return len(urls) / (time.perf_counter() - begun)


async def run_product(archive: Archive, urls: list[str]) -> float:
    """Return pages a second of the product; every capture must be complete and accepted."""
    begun = time.perf_counter()
    taken = await archive.capture_all(urls)
    rate = len(urls) / (time.perf_counter() - begun)
    for captured in archive.captured(taken):
        assert captured.capture.outcome.value == "complete", captured.capture.reason
        assert captured.capture.gate.value == "accepted", captured.capture.reason
    assert len(archive.captured(taken)) == len(urls)
    return rate


async def measure(
    port: int, pages: int, rounds: int, at_once: int | None
) -> dict[str, dict[str, float]]:
    """Alternate naive and product on every set; return the medians."""
    found: dict[str, dict[str, float]] = {}
    executable = str(find_browser(None).path)
    with tempfile.TemporaryDirectory(prefix="archiver-bench-") as folder:
        settings = settings_for(Path(folder) / "home", port, at_once)
        async with async_playwright() as driver, Archive(settings=settings) as archive:
            browser = await driver.chromium.launch(executable_path=executable)
            warm = [f"http://127.0.0.1:{port}/text/warm-{n}/" for n in range(3)]
            await run_naive(browser, warm, Path(folder))
            await run_product(archive, warm)
            for kind in SETS:
                naive, product = [], []
                for number in range(rounds):
                    base = f"http://127.0.0.1:{port}/{kind}/{number}"
                    urls = [f"{base}-{page}/" for page in range(pages)]
                    naive.append(await run_naive(browser, urls, Path(folder)))
                    product.append(await run_product(archive, urls))
                found[kind] = {
                    "naive": statistics.median(naive),
                    "product": statistics.median(product),
                    "ratio": statistics.median(p / n for p, n in zip(product, naive, strict=True)),
                }
            await browser.close()
    return found


def measure_cold(port: int, rounds: int) -> dict[str, float]:
    """Time whole processes, alternating; return medians in seconds."""
    executable = str(find_browser(None).path)
    times: dict[str, list[float]] = {"naive_s": [], "archiver_s": [], "help_s": []}
    with tempfile.TemporaryDirectory(prefix="archiver-bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "archiver.toml").write_text(f'[net]\nallow = ["127.0.0.1/32:{port}"]\n')
        archiver = [sys.executable, "-m", "archiver"]
        for number in range(rounds + 1):  # the first round only warms the disk cache
            url = f"http://127.0.0.1:{port}/graphics/cold-{number}/"
            shot = str(Path(folder) / "naive.png")
            commands = {
                "naive_s": [sys.executable, "-c", NAIVE_COLD, executable, url, shot],
                "archiver_s": [*archiver, "capture", url, "--home", str(home), "--json"],
                "help_s": [*archiver, "--help"],
            }
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(seen[1:]) for name, seen in times.items()}


def print_rates(found: dict[str, dict[str, float]]) -> None:
    """Print pages a second and how they compare with the aims."""
    print(f"{'page set':<14}{'naive':>10}{'product':>10}{'ratio':>8}{'aim':>7}   (pages a second)")
    for kind, row in found.items():
        rates = f"{row['naive']:>10.2f}{row['product']:>10.2f}{row['ratio']:>8.2f}"
        print(f"{kind:<14}{rates}{AIMS[kind]:>7.1f}")


def print_cold(cold: dict[str, float]) -> None:
    """Print seconds of whole processes."""
    ratio = cold["archiver_s"] / cold["naive_s"]
    print(f"cold naive script, network idle   {cold['naive_s']:.2f} s")
    print(f"cold archiver capture URL         {cold['archiver_s']:.2f} s   x {ratio:.2f} (aim 1.5)")
    print(f"archiver --help                   {cold['help_s']:.2f} s   (aim 0.3)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=8, help="pages of a set in one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, help="captures at one time; the setting's default")
    parser.add_argument("--cold", action="store_true", help="measure whole processes too")
    parser.add_argument("--only-cold", action="store_true")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with page_server() as port:
        rates = (
            {}
            if wanted.only_cold
            else asyncio.run(measure(port, wanted.pages, wanted.rounds, wanted.at_once))
        )
        is_cold = wanted.cold or wanted.only_cold
        cold = measure_cold(port, wanted.rounds) if is_cold else {}
    if wanted.json:
        print(json.dumps({"pages_per_second": rates, "cold": cold}, indent=2))
        return
    if rates:
        print_rates(rates)
    if cold:
        print_cold(cold)


if __name__ == "__main__":
    main()

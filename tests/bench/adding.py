"""How long adding a lot takes: ``python -m tests.bench.adding [NUMBER]``.

Each measurement is the whole command as a user runs it, start and end of the process included: one
article with so many links, the same again with a word changed (every citation finds its old
identity), and a list of so many addresses. Nothing is captured (``--later``).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def article(number: int, word: str) -> str:
    """Return an article that cites so many pages, one a paragraph."""
    paragraphs = (
        f"<p>As witness {n} told the inquiry on the {word} day of it, "
        f'<a href="https://source{n % 97}.example/report/{n}">the gates were open</a>, and nobody '
        "closed them again before the tide had turned and the harbour was under water.</p>"
        for n in range(number)
    )
    return f"<html><body><article><h1>Gates</h1>{''.join(paragraphs)}</article></body></html>"


def run(home: Path, *arguments: str) -> float:
    """Run one command of the program; return the seconds it took."""
    environment = {name: value for name, value in os.environ.items() if "ARCHIVER" not in name}
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "archiver", *arguments, "--json"],
        env={**environment, "ARCHIVER_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - began


def measure(number: int, folder: Path) -> None:
    """Print the seconds of each command."""
    home, page, listed = folder / "home", folder / "article.html", folder / "list.txt"
    listed.write_text("".join(f"https://news.example/{n}\n" for n in range(number)))
    own = "https://news.example/gates"
    run(home, "status")
    for what, word in (("added", "first"), ("added again", "first"), ("new version", "second")):
        page.write_text(article(number, word))
        seconds = run(home, "add", str(page), "--url", own, "--later")
        print(f"{number:,} citations in one article, {what}: {seconds:.1f} s")
    seconds = run(home, "add", "--list", str(listed), "--later")
    print(f"{number:,} articles in one list: {seconds:.1f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="archiver-bench-") as made:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(made))

"""Page sets of the capture benchmark, served from a process of its own."""

from __future__ import annotations

import asyncio
import io
import random
import sys
from dataclasses import dataclass

from PIL import Image, ImageDraw

from tests.strangers import asked_for

SETS = ("photographs", "graphics", "text")
FIGURES = 13  # with page, style and script: sixteen resources
TEXT = (
    "the source of a citation can change after it was cited and nobody is told so an archive "
    "keeps what was there on the day and says what is there now"
)
WORDS = TEXT.split()
STYLE = (
    "body { font: 17px/1.5 sans-serif; max-width: 860px; margin: 40px auto }"
    "img { width: 800px; height: 533px; display: block }"
)


@dataclass(frozen=True)
class File:
    """One resource as it is served."""

    media_type: str
    body: bytes


def page_set(kind: str) -> dict[str, File]:
    """Make a page of sixteen resources, the same at every call; about 9,900 pixels tall."""
    draw = random.Random(kind)
    files = {
        "style.css": File("text/css", STYLE.encode()),
        "page.js": File("text/javascript", b"document.body.dataset.on = 1;" + b"//\n" * 9000),
    }
    parts = []
    for number in range(FIGURES):
        parts.append(f"<h2>{words(draw, 6)}</h2><p>{words(draw, 90)}</p>")
        parts.append(figure(kind, number, draw, files))
    html = (
        f"<!doctype html><title>{kind}</title><link rel=stylesheet href=style.css>"
        f"<h1>{kind}</h1>{''.join(parts)}<script src=page.js></script>"
    )
    return {"": File("text/html; charset=utf-8", html.encode()), **files}


def figure(kind: str, number: int, draw: random.Random, files: dict[str, File]) -> str:
    """Add one more resource and return the markup that asks for it."""
    if kind == "photographs":
        files[f"{number}.jpg"] = File("image/jpeg", photograph(draw))
        return f"<img src={number}.jpg>"
    if kind == "graphics":
        files[f"{number}.png"] = File("image/png", chart(draw))
        return f"<img src={number}.png>"
    css = f".c{number} {{ color: #{number:02x}3366 }} /* {words(draw, 2000)} */"
    files[f"{number}.css"] = File("text/css", css.encode())
    return f"<link rel=stylesheet href={number}.css><p class=c{number}>{words(draw, 400)}</p>"


def words(draw: random.Random, count: int) -> str:
    """Return that many words."""
    return " ".join(draw.choice(WORDS) for _ in range(count))


def photograph(draw: random.Random) -> bytes:
    """Make a JPEG with the gradients and the grain of a photograph, about 190 kB."""
    size = (1200, 800)
    shapes = Image.frombytes("RGB", (48, 32), draw.randbytes(48 * 32 * 3))
    grain = Image.frombytes("L", size, draw.randbytes(size[0] * size[1])).convert("RGB")
    picture = Image.blend(shapes.resize(size, Image.Resampling.BICUBIC), grain, 0.06)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84)
    return out.getvalue()


def chart(draw: random.Random) -> bytes:
    """Make a PNG of flat colours and labels, about 25 kB."""
    picture = Image.new("RGB", (1200, 800), "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = draw.randrange(1200), draw.randrange(800)
        box = (x, y, x + draw.randrange(200), y + draw.randrange(160))
        pen.rectangle(box, fill=(draw.randrange(256), draw.randrange(256), draw.randrange(256)))
    for _ in range(30):
        pen.text((draw.randrange(1100), draw.randrange(780)), words(draw, 4), fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def serve() -> None:
    """Serve every set under ``/SET/ANYTHING/``; print the port; stop when standard input ends."""
    sets = {kind: page_set(kind) for kind in SETS}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for path in asked_for(reader, writer):
                _, kind, _, name = path.split("/", 3)
                writer.write(reply(sets[kind].get(name)))
                await writer.drain()
        except (OSError, EOFError, ValueError, KeyError):
            writer.write(reply(None))
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def reply(file: File | None) -> bytes:
    """Write a response."""
    status, found = ("200 OK", file) if file else ("404 Not Found", File("text/plain", b"none"))
    head = f"HTTP/1.1 {status}\r\nContent-Type: {found.media_type}\r\nContent-Length: "
    return f"{head}{len(found.body)}\r\n\r\n".encode() + found.body


if __name__ == "__main__":
    asyncio.run(serve())

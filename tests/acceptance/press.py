"""A newspaper on loopback, for the program as a user runs it: articles, a feed, a sitemap."""

from __future__ import annotations

import asyncio
import json

from tests.site import Asked, Site, message

SENTENCE = "The gates were open at noon, and nobody closed them again before the tide turned. "


def address(path: str) -> str:
    """Return an address of the newspaper."""
    return f"http://site.test{path}"


def article(*cited: str, title: str = "Gates", more: str = "") -> str:
    """Return an article that cites addresses."""
    paragraphs = "".join(
        f'<p>{SENTENCE} So <a href="{url}">said witness {n} of it</a> to us. {SENTENCE}</p>'
        for n, url in enumerate(cited)
    )
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}"
        f"<p>{SENTENCE * 3}{more}</p></article></body></html>"
    )


def feed(*paths: str) -> str:
    """Return a feed that announces pages of the newspaper."""
    items = "".join(
        f"<item><title>{path}</title><link>{address(path)}</link></item>" for path in paths
    )
    return f"<rss version='2.0'><channel><title>The Press</title>{items}</channel></rss>"


def serve_feed(site: Site, path: str, *paths: str) -> None:
    """Serve a feed with an ETag, and 304 to whoever has it."""
    body = feed(*paths).encode()
    etag = f'"{len(paths)}"'

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.header("If-None-Match") == etag:
            reply = message("304 Not Modified", (f"ETag: {etag}",), b"")
        else:
            fields = ("Content-Type: application/rss+xml", f"ETag: {etag}")
            reply = message("200 OK", (*fields, f"Content-Length: {len(body)}"), body)
        writer.write(reply)
        await writer.drain()

    site.on(path, answer)


def door(site: Site) -> dict[str, str]:
    """Return the environment in which the newspaper is all the web there is."""
    settings = {
        "ALLOW": json.dumps([f"127.0.0.0/8:{site.port}"]),
        "HOST_MAP": json.dumps(site.host_map),
        "CONTROL_URLS": json.dumps([address("/control")]),
        "RESOLVERS": "[]",
        "RDAP": "",
        "SPACING_S": "0",
    }
    return {f"ARCHIVER_NET__{name}": value for name, value in settings.items()}

"""Opens hostile pages in a network of its own and writes down every packet that goes anywhere.

Run by ``test_leaks.py`` under ``unshare --net``, as root. A packet socket sees whatever is
sent, answered or not.
First a plain browser opens them, to show that they are hostile; then the recorder does.
Prints one JSON document.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from playwright.async_api import async_playwright
from typing_extensions import override

from archiver.capture.locate import find_browser
from archiver.capture.policy import CapturePolicy
from archiver.capture.pool import BrowserRecorder
from archiver.model.capture import Recording
from archiver.net.guard import Guard, Passage
from archiver.net.policy import GuardPolicy
from archiver.ports import CaptureOrder
from tests.capture.conftest import ListedFetcher, SystemClock
from tests.net.payloads import PUBLIC

PORTS = (80, 443, 3478, 6379, 8080, 9222)
INSIDE = ("127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "10.1.2.3", "[::ffff:7f00:1]",
          "192.168.1.1", "[fd00::1]", "localhost", "2130706433")  # fmt: skip
OUTSIDE = "203.0.113.7"
SITE = "hostile.example"
HOSTS = json.dumps([*INSIDE, OUTSIDE])
ETH_P_ALL, IP, IPV6, TCP, UDP = 3, 0x0800, 0x86DD, 6, 17
SYN, ACK = 0x02, 0x10

PEERS = """
for (const host of HOSTS) {
  try { new WebTransport('https://' + host + ':443/inside').ready.catch(() => 0); } catch (error) { /* next */ }
  for (const urls of ['stun:' + host + ':3478', 'turn:' + host + ':3478?transport=udp', 'turn:' + host + ':3478?transport=tcp']) {
    try {
      const peer = new RTCPeerConnection({iceServers: [{urls, username: 'u', credential: 'c'}]});
      peer.createDataChannel('x');
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    } catch (error) { /* next */ }
  }
}
"""
VECTORS = """
for (const host of HOSTS) {
  for (const port of ['', ':8080', ':6379', ':9222']) {
    const at = 'http://' + host + port + '/inside';
    const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
    const soon = (work) => { try { Promise.resolve(work()).catch(() => 0); } catch (error) { /* next */ } };
    soon(() => add('img', {src: at}));
    soon(() => add('iframe', {src: at}));
    soon(() => add('object', {data: at}));
    soon(() => add('video', {src: at, autoplay: true, muted: true}));
    soon(() => add('script', {src: at}));
    for (const rel of ['stylesheet', 'icon', 'manifest', 'prefetch', 'preconnect', 'dns-prefetch', 'modulepreload'])
      soon(() => add('link', {rel, href: at}));
    soon(() => fetch(at, {mode: 'no-cors'}));
    soon(() => fetch(at, {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'}));
    soon(() => { const x = new XMLHttpRequest(); x.open('GET', at); x.send(); });
    soon(() => navigator.sendBeacon(at, 'x'));
    soon(() => new EventSource(at));
    soon(() => new WebSocket(at.replace('http', 'ws')));
    soon(() => new Worker(URL.createObjectURL(new Blob(['importScripts("' + at + '")']))));
    soon(() => new Worker(URL.createObjectURL(new Blob(['fetch("' + at + '", {mode: "no-cors"})']))));
    soon(() => new SharedWorker(URL.createObjectURL(new Blob(['fetch("' + at + '", {mode: "no-cors"})']))));
    soon(() => { const s = document.createElement('style'); s.textContent =
      '@import "' + at + '"; @font-face {font-family: f; src: url(' + at + ')} body {font-family: f; background: url(' + at + ')}';
      document.head.append(s); });
    soon(() => { const f = document.createElement('form'); f.action = at; f.method = 'post'; f.target = 'hole';
      document.body.append(f); f.submit(); });
  }
}
navigator.serviceWorker && navigator.serviceWorker.register('/worker.js').catch(() => 0);
open('http://10.1.2.3:8080/inside');
"""


def hostile_page() -> bytes:
    """Return a page that tries every way we know of to talk past the door."""
    rules = json.dumps({
        "prefetch": [{"source": "list", "urls": ["http://10.1.2.3/inside"]}],
        "prerender": [{"source": "list", "urls": ["http://127.0.0.1/inside"]}],
    })  # fmt: skip
    return (
        "<!doctype html><title>Hostile</title><body><p>Hostile words</p>"
        f"<script type=speculationrules>{rules}</script>"
        "<img src=/to-inside><iframe name=hole></iframe><iframe src=/refresh></iframe>"
        f"<script>const HOSTS = {HOSTS};{VECTORS}</script>"
    ).encode()


def reply(target: str) -> bytes:
    """Serve the hostile site at its public address, and a secret everywhere else."""
    if target == "/hostile":
        return _message("200 OK", hostile_page(), "Content-Type: text/html")
    if target == "/peers":
        script = f"<p>Hostile words</p><script>const HOSTS = {HOSTS};{PEERS}</script>"
        return _message("200 OK", script.encode(), "Content-Type: text/html")
    if target == "/to-inside":
        return _message("302 Found", b"", "Location: http://127.0.0.1:8080/inside")
    if target == "/refresh":
        moved = b"<meta http-equiv=refresh content='0;url=http://169.254.169.254/inside'>"
        return _message("200 OK", moved, "Content-Type: text/html")
    return _message("200 OK", b"secret", "Content-Type: text/plain")


def _message(status: str, body: bytes, field: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\n{field}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(reply(head.split(b" ", 2)[1].decode()))
    except (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError):
        return
    finally:
        writer.close()


class Sniffer:
    """Counts where connections and datagrams were sent, by ``tcp 10.0.0.1:80``."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @contextmanager
    def watching(self) -> Iterator[Counter[str]]:
        self.seen.clear()
        self._stop.clear()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        try:
            yield self.seen
        finally:
            self._stop.set()
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                frame, where = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            if where[2] == socket.PACKET_OUTGOING:
                self._note(frame[14:], struct.unpack("!H", frame[12:14])[0])

    def _note(self, packet: bytes, kind: int) -> None:
        if kind == IP:
            size, protocol, to = (packet[0] & 15) * 4, packet[9], packet[16:20]
        elif kind == IPV6:
            size, protocol, to = 40, packet[6], packet[24:40]
        else:
            return
        inner = packet[size:]
        if protocol == UDP:
            name = "udp"
        elif protocol == TCP and inner[13] & (SYN | ACK) == SYN:
            name = "tcp"
        else:
            return
        port = struct.unpack("!H", inner[2:4])[0]
        self.seen[f"{name} {ip_address(to)}:{port}"] += 1


ROADS = (
    "tcp 127.0.0.1:8080",
    "tcp ::1:80",
    "tcp 169.254.169.254:80",
    "tcp 10.1.2.3:6379",
    "tcp fd00::1:80",
    "tcp 203.0.113.7:3478",
    "udp 10.1.2.3:3478",
    "udp 203.0.113.7:3478",
    "udp 224.0.0.251:5353",
)
"""Where the pages send a plain browser."""
ROUNDS = 4  # a busy machine does not get to all of a page while it is open


async def open_plainly(urls: list[str]) -> None:
    """Open the pages as anybody's script would."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=str(find_browser(None).path),
            args=[f"--host-resolver-rules=MAP {SITE} {PUBLIC}"],
        )
        for url in urls:
            page = await browser.new_page()
            await page.goto(url, wait_until="commit")
            await page.wait_for_timeout(4000)
            await page.close()
        await browser.close()


class CountedGuard(Guard):
    """A guard that remembers its doors."""

    ports: list[int]

    @override
    async def open(self, purpose: str, *options: Any, **more: Any) -> Passage:
        passage = await super().open(purpose, *options, **more)
        self.ports.append(passage.port)
        return passage


async def record(urls: list[str]) -> tuple[list[Recording], list[int]]:
    """Record the pages through the guard; return its ports too."""
    guard = CountedGuard(GuardPolicy.build(host_map={f"{SITE}:80": f"{PUBLIC}:80"}), SystemClock())
    guard.ports = []
    policy = CapturePolicy(load_s=10, settle_s=6)
    recorder = BrowserRecorder(
        guard, ListedFetcher(), policy, SystemClock(), str(find_browser(None).path)
    )
    recordings = []
    async with guard, recorder:
        for url in urls:
            with tempfile.TemporaryDirectory() as folder:
                order = CaptureOrder("leaks", folder, url, url, (), (), {})
                recordings.append(await recorder.record(order))
    return recordings, guard.ports


def guard_log(recording: Recording) -> list[dict[str, object]]:
    decisions = recording.provenance["guard"]
    assert isinstance(decisions, list)
    return decisions


async def probe() -> dict[str, object]:
    """Open the pages both ways; return what was sent where."""
    sniffer, urls = Sniffer(), [f"http://{SITE}/hostile", f"http://{SITE}/peers"]
    servers = [
        await asyncio.start_server(answer, host, port)
        for port in PORTS
        for host in ("0.0.0.0", "::")
    ]
    with sniffer.watching() as seen:
        for _ in range(ROUNDS):
            await open_plainly(urls)
            if all(seen[road] for road in ROADS):
                break
    plainly = dict(seen)
    with sniffer.watching() as seen:
        recordings, ports = await record(urls)
    for server in servers:
        server.close()
    return {
        "plainly": plainly,
        "recorded": dict(seen),
        "guard": [f"tcp 127.0.0.1:{port}" for port in ports],
        "texts": [recording.text for recording in recordings],
        "denied": [sum(d["verdict"] == "denied" for d in guard_log(r)) for r in recordings],
        "kept": sorted({r.url for one in recordings for r in one.records if r.type == "response"}),
    }


def build_network() -> None:
    """Make a network with one way out that nobody answers on, and the site's address at home."""
    for command in (
        "ip link set lo up",
        f"ip address add {PUBLIC}/32 dev lo",
        "ip link add outside type veth peer name beyond",
        "ip link set outside arp off",  # nobody is there to be asked for: send all the same
        "ip address add 198.41.0.5/24 dev outside",
        "ip address add 2001:500:2::5/64 dev outside nodad",
        "ip link set outside up",
        "ip link set beyond up",
        "ip route add default dev outside",
        "ip -6 route add default dev outside",
    ):
        subprocess.run(command.split(), check=True)


if __name__ == "__main__":
    build_network()
    json.dump(asyncio.run(probe()), sys.stdout)

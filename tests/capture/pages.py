"""The pages of the misbehaving site."""

from __future__ import annotations

import asyncio
import ssl

from tests.site import (
    Asked,
    Site,
    chunked,
    endless,
    events,
    gzipped,
    message,
    noise,
    png,
    web_socket,
)

STYLE = b"h1 { color: rgb(10, 20, 30) }\n" * 200
POSTED = bytes(range(256)) * 280  # 70 kB, every byte there is
WORKER_DATA = b"worker data " * 50
FRAME_PICTURE = png(40, 30, (200, 10, 10))
LAZY_PICTURE = png(50, 50, (10, 200, 10))
MOVED_PICTURE = png(20, 20, (10, 10, 200))
LATIN_HEADER = b"X-Place: caf\xe9"
MEGABYTES_12 = noise("twelve", 12 * 1024 * 1024)
MEGABYTES_60 = noise("sixty", 60 * 1024 * 1024)
HALF = noise("half", 5000)

AWKWARD = """<!doctype html><html><head><title>An awkward page</title>
<link rel="stylesheet" href="/style.css"></head><body>
<div style="position: sticky; top: 0">A sticky header</div>
<h1>Words of the page</h1>
<img id="moved" src="/moved"><img id="missing" src="/missing.png">
<iframe src="http://other.test/frame" width="400" height="200"></iframe>
<div style="height: 6000px"></div>
<img id="lazy" loading="lazy" src="/lazy.png" width="50" height="50">
<script>
const bytes = new Uint8Array(71680);
for (let n = 0; n < bytes.length; n++) bytes[n] = n % 256;
fetch('/post?a=1', {method: 'POST', body: new Blob([bytes])});
fetch('/nothing');
navigator.sendBeacon('/beacon', 'seen');
new Worker('/worker.js');
window.open('/popup');
new EventSource('/events').onmessage = (e) => { document.title += ' ' + e.data; };
new WebSocket('ws://site.test/socket');
</script></body></html>"""


CONSENT = """<!doctype html><html style="overflow: hidden"><title>Consent</title>
<style>* { margin: 0 } .over { position: fixed; z-index: 9999; left: 0; right: 0; bottom: 0 }</style>
<body style="overflow: hidden; background: rgb(250, 250, 250)"><div style="position: fixed; z-index: 50; top: 0; left: 0; right: 0; height: 60px; background: #00f">The paper
<a href="/">Home</a></div>
<main style="height: 3000px; padding-top: 100px"><p>Words that were cited, on cookies too</p></main>
<div class="over" style="top: 0; z-index: 9000; background: rgba(0, 0, 0, .6)"></div>
%s<script>window.pressed = 0; addEventListener('click', () => pressed++);
new MutationObserver(() => 0).observe(document, {subtree: true, attributes: true});</script></body>"""
VENDOR_BOX = """<div id="onetrust-consent-sdk"><div class="over" style="height: 400px;
background: #f00"><p>We value your privacy</p><button>Accept all</button></div></div>"""
HOME_MADE_BOX = """<div class="over notice" style="height: 300px; background: #f00">
<p>This site uses Cookies.</p><button>Accept</button></div>"""
OTHER_BOX = """<div class="over offer" style="height: 300px; background: #f00">
<p>Subscribe for one euro</p><button>Subscribe</button></div>"""
LONG = "Words that were cited stand here, and they are many. " * 6
# What the page is about, in boxes that could be taken for such as ask for consent.
CONTENT_BOXES = {
    "app": f"""<div id="app" class="over" style="top: 0; background: #f00"><p>{LONG}</p>
<p>We use cookies.</p><button>Share</button></div>""",
    "root": """<div id="root" class="over" style="height: 300px; background: #f00">
<p>On cookies</p><button>Share</button></div>""",
    "layout": f"""<div class="over layout" style="top: 0; background: #f00"><p>{LONG} cookie</p>
<a href="/">More</a></div>""",
    "klaro": """<div class="klaro"><div class="over" style="height: 300px; background: #f00">
<article>The cited words</article></div></div>""",
    "heading": """<div class="cc-window over" style="height: 300px; background: #f00">
<h1>Cookies in law</h1></div>""",
    "window": f"""<div class="cc-window over" style="height: 300px; background: #f00">{LONG}</div>""",
    "halves": """<div class="cc-window over" style="height: 300px; background: #f00">
The cited words, the first half of them all</div><div class="klaro"><div class="over"
style="height: 600px; background: #f00">And the cited words, the other half</div></div>""",
}
COMPONENT = """<div id="onetrust-consent-sdk"><div class="over" style="height: 100px">Yes or no?</div>
</div><div id="host" class="over" style="top: 0"></div><script>
document.getElementById('host').attachShadow({mode: 'open'}).innerHTML =
'<p style="height: 900px; background: #f00">The words that were cited</p>';</script>"""

FRAME_COLOURS = {"first": (10, 200, 30), "second": (200, 120, 10)}
EMBEDS = """<!doctype html><title>Embeds</title><body style="margin: 0; background: #fff">
<div style="position: sticky; top: 0; background: #00f; height: 40px; z-index: 9"></div>
<div style="position: fixed; bottom: 0; left: 0; right: 0; height: 60px; background: #f00"></div>
<style>iframe { border: 0; display: block; position: absolute; left: 0 }</style>
<div style="height: 100vh; background: #eee"></div>
<iframe style="top: 960px" src="http://other.test/first" width="300" height="100"></iframe>
<iframe style="top: 4060px" src="http://other.test/first" width="500" height="700"></iframe>
<iframe style="top: 5300px" src="/around" width="500" height="300"></iframe>
<iframe style="top: 8000px" src="http://third.test/first" width="400" height="2200"></iframe>
<div style="height: 10000px"></div></body>"""


async def post(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(message("200 OK", (f"Content-Length: {len(b'got it')}",), b"got it"))


def build_site(tls: ssl.SSLContext | None = None) -> Site:
    site = Site(tls=tls)
    add_awkward(site)
    add_broken(site)
    add_hostile(site)
    add_large(site)
    add_embeds(site)
    return site


def add_embeds(site: Site) -> None:
    for name, box in (("vendor", VENDOR_BOX), ("home", HOME_MADE_BOX), ("offer", OTHER_BOX)):
        site.page(f"/consent-{name}", CONSENT % box)
    for name, box in CONTENT_BOXES.items():
        site.page(f"/consent-{name}", CONSENT % box)
    site.page("/consent-component", CONSENT % COMPONENT)
    site.page("/embeds", EMBEDS)
    for name, colour in FRAME_COLOURS.items():
        body = f"<body style='margin: 0; background: rgb{colour}'></body>"
        site.page(f"/{name}", body)
    far = "<iframe style='border: 0; position: absolute; left: 1500px; top: 1800px'"
    far += " src='http://other.test/second' width='300' height='200'></iframe>"
    site.page("/wide", f"<body style='margin: 0; background: #fff'>{far}</body>")
    inner = "<iframe style='border: 0' src='http://other.test/second' width='400' height='200'>"
    site.page("/around", f"<body style='margin: 0'>{inner}</iframe></body>")


def add_awkward(site: Site) -> None:
    site.page("/awkward", AWKWARD, "Set-Cookie: first=1", "Set-Cookie: second=2; Path=/")
    squeezed = ("Content-Type: text/css", "Content-Encoding: gzip", "Transfer-Encoding: chunked",
                LATIN_HEADER, "Set-Cookie: third=3", "Set-Cookie: fourth=4")  # fmt: skip
    site.raw("/style.css", message("200 OK", squeezed, chunked(gzipped(STYLE))))
    moved = ("Location: /moved-again", "Content-Length: 5")
    site.raw("/moved", message("301 Moved Permanently", moved, b"moved"))
    site.raw("/moved-again", message("302 Found", ("Location: /moved.png", "Content-Length: 0")))
    site.reply("/moved.png", MOVED_PICTURE, "Content-Type: image/png")
    site.page("/frame", "<p>Words of the frame</p><img src='/frame.png'>", "Set-Cookie: framed=1")
    site.reply("/frame.png", FRAME_PICTURE, "Content-Type: image/png")
    site.reply("/lazy.png", LAZY_PICTURE, "Content-Type: image/png")
    site.on("/post", post)
    site.raw("/nothing", message("204 No Content", ()))
    site.raw("/beacon", message("204 No Content", ()))
    site.reply("/worker.js", b"fetch('/worker-data')", "Content-Type: text/javascript")
    site.reply("/worker-data", WORKER_DATA, "Content-Type: application/octet-stream")
    site.page("/popup", "<title>Popup</title><p>Words of the popup</p>")
    site.on("/events", events)
    site.on("/socket", web_socket)


def add_broken(site: Site) -> None:
    promised = ("Content-Type: image/png", "Content-Length: 100000")
    site.raw("/short", message("200 OK", promised, HALF))
    framed = ("Content-Type: text/plain", "Transfer-Encoding: chunked")
    site.raw("/unframed", message("200 OK", framed, b"1388\r\n" + HALF + b"\r\n"))
    site.page("/truncated", "<img src='/short'><script>fetch('/unframed')</script>")
    site.on("/endless", endless)
    site.page(
        "/streams", "<p>Streaming</p><script>fetch('/endless'); new EventSource('/events')</script>"
    )
    site.reply("/paper.pdf", b"%PDF-1.4 " + HALF, "Content-Type: application/pdf")
    attached = ("Content-Type: application/octet-stream", "Content-Disposition: attachment")
    site.reply("/download", HALF, *attached)
    site.page(
        "/half",
        "<p>Own words</p><iframe src='http://10.1.2.3/'></iframe><iframe src='https://10.1.2.3/'></iframe>",
    )
    site.reply("/gone", b"<p>Gone for good</p>", "Content-Type: text/html", status="410 Gone")


HUNGRY = """<p>Hungry</p><script>
const kept = [];
setInterval(() => { for (let n = 0; n < 8; n++) kept.push(new Uint8Array(1 << 24).fill(n + 1)); }, 50);
</script>"""


class CrashPoint:
    """Answers from the second time on; the first time the test kills the browser meanwhile."""

    def __init__(self, answer: bytes) -> None:
        self.times = 0
        self._answer = answer

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.times += 1
        if self.times == 1:
            await asyncio.Event().wait()
        writer.write(self._answer)


async def never(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def add_hostile(site: Site) -> None:
    site.on("/never", never)
    site.reply("/stuck.css", STYLE, "Content-Type: text/css")
    site.page("/stuck", "<link rel='stylesheet' href='/stuck.css'><img src='/never'>")
    picture = message("200 OK", ("Content-Type: image/png",), MOVED_PICTURE)
    site.on("/crash-point", CrashPoint(picture))
    site.page("/crashes-once", "<p>Still standing</p><img src='/crash-point'>")
    site.page("/hungry", HUNGRY)
    site.page("/alerts", "<p>Before</p><script>while (true) alert('again')</script>")
    site.page("/spin", "<p>Before</p><script>while (true) {}</script>")
    site.page(
        "/spin-later",
        "<p>Shown</p><script>onload = () => setTimeout(() => { while (true) {} }, 50)</script>",
    )
    site.page("/file", "<p>Still here</p><script>location = 'file:///etc/passwd'</script>")
    site.page(
        "/windows", "<p>Opener</p><script>for (let n = 0; n < 12; n++) open('/popup?' + n)</script>"
    )
    site.page(
        "/liar",
        "<p>What is really there</p><script>Object.defineProperty(HTMLElement.prototype, 'innerText', {get: () => 'a lie'})</script>",
    )


def add_large(site: Site) -> None:
    site.reply("/twelve", MEGABYTES_12, "Content-Type: application/octet-stream")
    head = ("Content-Type: application/octet-stream", "Transfer-Encoding: chunked")
    site.raw("/sixty", message("200 OK", head, chunked(MEGABYTES_60, 1 << 18)))
    site.page(
        "/large",
        "<script>fetch('/twelve'); fetch('/sixty').then((r) => r.arrayBuffer()).then((b) => document.title = b.byteLength)</script>",
    )
    site.page(
        "/tall", "<div style='height: 30000px; background: linear-gradient(red, blue)'>Top</div>"
    )

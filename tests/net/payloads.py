"""Addresses that lead inside, in every spelling we know: what an attacker would cite.

Written for this product; the kinds follow published advisories on servers that fetch what
strangers name (spellings of IPv4, IPv4 in IPv6, parser differences, local names).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

INSIDE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200",
    "168.63.129.16", "169.254.169.254", "172.16.5.4", "192.0.0.192", "192.168.1.1", "198.18.0.1",
)  # fmt: skip
INSIDE_V6 = (
    "::1", "::", "fd00:ec2::254", "fd20:ce::254", "fc00::1", "fec0::1", "fe80::1", "100::1",
    "2001:db8::1", "3fff::1", "5f00::1", "4000::1", "64:ff9b:1::a00:1", "100:0:0:1::1",
)  # fmt: skip
NAMES = (
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain",
    "ip6-localhost", "metadata", "metadata.google.internal", "host.docker.internal",
    "kubernetes.default.svc.cluster.local", "printer.local", "router.lan", "wiki.corp",
    "box.home.arpa", "intranet", "ｌｏｃａｌｈｏｓｔ", "loc\u00adalhost", "lo\u200bcalhost",
    "%6c%6f%63%61%6c%68%6f%73%74", "localhost%00.example.org", "localhost\t", "[localhost]",
)  # fmt: skip
# What the name server of the tests says; see Names in the probe.
REBINDING = (
    "flip.example", "mixed.example", "mixed-last.example", "many.example",
    "inside-4.example", "inside-6.example", "mapped.example", "nat64.example", "sixto4.example",
    "zone.example", "slow.example", "junk.example", "nothing.example", "own.example",
)  # fmt: skip
SCHEMES = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:80/_GET", "dict://127.0.0.1:80/",
    "ws://127.0.0.1/", "javascript:alert(1)", "data:text/html,x", "view-source:http://127.0.0.1/",
    "jar:http://127.0.0.1!/", "HTTP:127.0.0.1", "//127.0.0.1/", "\\\\127.0.0.1\\", "http:/127.0.0.1/",
    "http:///127.0.0.1/", "http:\\\\127.0.0.1/", " http://127.0.0.1/", "\thttp://127.0.0.1/",
    "ht\ntp://127.0.0.1/", "http://127.0.0.1", "HtTp://127.0.0.1/", "https://127.0.0.1/",
)  # fmt: skip
PORTS = ("22", "25", "80", "443", "2375", "3306", "5432", "6379", "8080", "8443", "9200", "11211")
PUBLIC = "93.184.215.14"


def spellings(dotted: str) -> list[str]:
    """Return one IPv4 address in the forms that some reader or other understands."""
    number = int(IPv4Address(dotted))
    a, b, c, d = IPv4Address(dotted).packed
    hexed = f"{number >> 16:x}:{number & 0xFFFF:x}"
    wide = str.maketrans("0123456789.", "０１２３４５６７８９。")
    circled = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")
    return [
        dotted, f"{dotted}.", f"{dotted}..", str(number), f"{number}.", hex(number), f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a:#x}.{b}.{c}.0{d:o}",
        f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{c << 8 | d}", f"000{a:o}.{b}.{c}.{d}",
        f"{a:03}.{b:03}.{c:03}.{d:03}", f"{a + 256}.{b}.{c}.{d}", str(number + 2**32),
        dotted.translate(wide), dotted.translate(circled), dotted.replace(".", "%2e"),
        "".join(f"%{ord(letter):02x}" for letter in dotted), dotted.replace(".", "\u3002"),
        f"[::ffff:{dotted}]", f"[::ffff:{hexed}]", f"[::{dotted}]", f"[::{hexed}]",
        f"[::ffff:0:{dotted}]", f"[64:ff9b::{hexed}]", f"[64:ff9b:1::{hexed}]", f"[2002:{hexed}::1]",
        f"[2001:0:{hexed}::]", f"[2606:4700::5efe:{hexed}]", f"[2606:4700::200:5efe:{hexed}]",
        f"[0:0:0:0:0:FFFF:{dotted}]", f"[::ffff:{dotted}%25lo]", f"[{dotted}]",
        f"{dotted}.nip.example", f"user@{dotted}", f"{PUBLIC}@{dotted}", f"user:pass@{dotted}",
        f"{dotted}\\@{PUBLIC}", f"{PUBLIC}\\@{dotted}", f"{dotted}#@{PUBLIC}", f"{dotted}?@{PUBLIC}",
        f"{PUBLIC}%2f@{dotted}", f"{PUBLIC}%00@{dotted}", f"{PUBLIC}\t@{dotted}", f"{dotted}%00",
        f"{PUBLIC}@{dotted}@{PUBLIC}", f"{dotted}\u200b", f"\u200b{dotted}", f"{dotted} ",
    ]  # fmt: skip


def hosts() -> list[str]:
    """Return every host that must not be reached, without repeats, in a fixed order."""
    found = [spelling for dotted in INSIDE for spelling in spellings(dotted)]
    found += [f"[{address}]" for address in INSIDE_V6]
    found += [f"[{IPv6Address(address).exploded.upper()}]" for address in INSIDE_V6]
    found += [f"[{address}%25lo]" for address in INSIDE_V6]
    found += [*NAMES, *REBINDING]
    found += [f"127.0.0.1:{port}" for port in PORTS] + [f"[::1]:{port}" for port in PORTS]
    found += ["127.0.0.1:080", "127.0.0.1:80:80", "127.0.0.1:", "127.0.0.1:65616", "127.0.0.1:-1"]
    return list(dict.fromkeys(found))


def urls() -> list[str]:
    return [f"http://{host}/" for host in hosts()] + list(SCHEMES)

"""Hosts that do nothing but send on, and addresses of platforms that do.

Persistent identifiers (doi.org, hdl.handle.net, purl.org) redirect, too, but are names made to be
cited; they are no short links.
"""

from __future__ import annotations

import re

PICTURES = frozenset({"pic.twitter.com", "pic.x.com"})  # t.co codes by another name

# Source: the chains in recorded t.co links (oEmbed file of 2020, CLEF CheckThat! 2020), and lists
#   of shorteners: PeterDaveHello/url-shorteners, pewresearch/pewtils, read 2026-11-22 (facts only).
_OF_TOOLS = """
    t.co bit.ly bitly.com bitly.is j.mp ow.ly ht.ly owl.li dlvr.it trib.al trib.it buff.ly
    goo.gl tinyurl.com tiny.cc tiny.one is.gd v.gd ift.tt wp.me shar.es rb.gy rebrand.ly cutt.ly
    cutt.us t.ly spr.ly ebx.sh shorturl.at shorturl.com shorturl.asia bit.do po.st qr.ae adf.ly
    bl.ink b.link snip.ly su.pr fw.to loom.ly lnks.gd mvnt.us shout.lt scr.bi v.ht x.gd u.to
    clck.ru vk.cc t.cn url.cn dwz.cn suo.im reurl.cc lihi.cc ppt.cc n9.cl acortar.link urlz.fr
    lstu.fr kutt.it dub.sh tr.ee ln.is hubs.ly hubs.la hubs.li eepurl.com conta.cc flip.it
    smarturl.it soo.gd da.gd 0rz.tw geni.us onelink.to okt.to lttr.ai zpr.io zurl.co t1p.de
    ed.gr prn.to bizj.us grnh.se rdcu.be slidesha.re db.tt
"""
# Source: the companies' own short domains in the same lists, read 2026-11-22.
_OF_COMPANIES = """
    fb.me on.fb.me lnkd.in linkd.in g.co goo.gle forms.gle aka.ms msft.it apple.co amzn.to
    amzn.com a.co ebay.to etsy.me spoti.fi git.io flic.kr w.wiki go.usa.gov wef.ch chng.it
    chn.ge meetu.ps gofund.me yhoo.it binged.it tmblr.co dai.ly bcove.me bcove.video
"""
# Source: the publishers' own pages about their short links and the same lists, read 2026-11-22.
_OF_PUBLISHERS = """
    nyti.ms wapo.st wpo.st bbc.in reut.rs tmsnrt.rs cnn.it on.cnn.com cnnmon.ie on.wsj.com
    on.mktw.net on.ft.com econ.st politi.co apne.ws bloom.bg bv.ms buswk.co huff.to huffp.st
    huff.lv n.pr theatln.tc tcrn.ch fxn.ws abcn.ws nbcnews.to cbsn.ws cbsloc.al cnb.cx usat.ly
    lat.ms ti.me bzfd.it ind.pn dailym.ai mol.im aje.io st.news gu.com on.rt.com propub.li
    interc.pt nyp.st nydn.us nyer.cm vntyfr.com wrd.cm rol.st thr.cm tmz.me tnw.to engt.co
    cnet.co zd.net gizmo.do slate.me thebea.st hill.cm read.bi onforb.es f-st.co es.pn ble.ac
    strib.mn bos.gl sacb.ee hrld.us dpo.st azc.cc washex.am wtim.es natl.re nws.mx newspr.es
    fdrl.st pewrsr.ch brook.gs herit.ag ab.co sc.mp tgam.ca glo.bo jrnl.ie spon.de lemde.fr
    p.dw.com cna.asia to.pbs.org wbur.fm ept.ms epochtim.es 7ny.tv abc7.la abc7ne.ws gma.abc
    fox.tv toi.in thetim.es peoplem.ag usm.ag popm.ch nature.ly nej.md wb.md trt.sh
"""
_HOSTS = PICTURES | frozenset(f"{_OF_TOOLS}{_OF_COMPANIES}{_OF_PUBLISHERS}".split())
# Services that give every customer a name below theirs. Source: Google's pages on Maps, Photos and
# Firebase links, Branch's on deep links, Short.io's on domains, read 2026-11-22.
_BELOW = re.compile(r"(?:[\w-]+\.)+(?:app\.goo\.gl|page\.link|app\.link|short\.gy|trib\.al)")

# A platform's own links for sharing: the code is no identity, and who is not logged in may be sent
# to a log-in or a home page instead. Source: yt-dlp's extractors and public issues, 2022-2026.
_SHARED = re.compile(
    r"(?:vm|vt)\.tiktok\.com/\w+/?"
    r"|(?:(?:www|m)\.)?tiktok\.com/t/\w+/?"
    r"|(?:(?:www|old|new|np|m|amp)\.)?reddit\.com/(?:r|u|user)/[\w-]+/s/\w+/?"
    r"|(?:(?:www|m|web|mbasic)\.)?facebook\.com/share/(?:[a-z]/)?\w+/?"
    r"|(?:www\.)?instagram\.com/share/(?:[a-z]+/)?[\w-]+/?"
    r"|(?:www\.)?threads\.(?:com|net)/share/[\w-]+/?"
    r"|apple\.news/A[\w-]+/?|fb\.watch/[\w-]+/?|(?:on\.)?fb\.me/.+|lnkd\.in/.+",
    re.ASCII,
)


def is_shortener(host: str) -> bool:
    """Tell whether a host (in lower case) only sends on to others."""
    host = host.rstrip(".")
    return host.removeprefix("www.") in _HOSTS or _BELOW.fullmatch(host) is not None


def is_shared_link(host: str, path: str) -> bool:
    """Tell whether an address is a platform's link for sharing, which leads to the thing shared."""
    return _SHARED.fullmatch(f"{host.rstrip('.')}{path}") is not None

"""Boxes that ask for consent and lie over the page: set aside for a second picture, never answered.

Nothing is clicked, accepted or refused. Text, DOM, WARC and the first picture were taken before;
afterwards everything stands where it stood. What was set aside is told: by which rule, how large,
and what it said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archiver.capture.world import World

# The outermost element of each vendor's box, and of the shade behind it where that is another.
# Source: the vendors' own markup as seen in public style sheets and tests that name it, collected
# 2026-11-22; a vendor that renames its box falls to the general rule.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "OneTrust": ("#onetrust-consent-sdk", ".onetrust-pc-dark-filter", "#onetrust-banner-sdk"),
    "Cookiebot": ("#CybotCookiebotDialog", "#CybotCookiebotDialogBodyUnderlay"),
    "CookieYes": (".cky-consent-container", ".cky-overlay", ".cky-modal", "#cookie-law-info-bar"),
    "TrustArc": (
        "#truste-consent-track", ".truste_overlay", ".truste_box_overlay", "#consent_blackbar",
    ),
    "Quantcast Choice": (".qc-cmp2-container", "#qc-cmp2-container"),
    "Osano": (".osano-cm-window",),
    "Klaro": (".klaro",),
    "Didomi": ("#didomi-host",),
    "Usercentrics": ("#usercentrics-root", "#usercentrics-cmp-ui"),
    "Sourcepoint": ("[id^='sp_message_container_']",),
    "iubenda": ("#iubenda-cs-banner",),
    "Complianz": ("#cmplz-cookiebanner-container", ".cmplz-cookiebanner"),
    "Borlabs Cookie": ("#BorlabsCookieBox",),
    "Google Funding Choices": (".fc-consent-root",),
    "consentmanager": ("#cmpbox", "#cmpbox2", "#cmpwrapper"),
    "Axeptio": ("#axeptio_overlay",),
    "tarteaucitron": ("#tarteaucitronRoot",),
    "TrustCommander": ("#tc-privacy-wrapper",),
    "Termly": ("#termly-code-snippet-support",),
    "Evidon": ("#_evidon_banner",),
    "HubSpot": ("#hs-eu-cookie-confirmation",),
    "Cookie Script": ("#cookiescript_injected", "#cookiescript_injected_wrapper"),
    "Cookie Consent": (".cc-window", ".cc-banner"),
}  # fmt: skip

# Words of consent in the languages of most pages; one of them, and something to press, is asked of
# a box that nobody knows by name.
WORDS = (
    "cookie", "consent", "gdpr", "privacy preferences", "einwilligung", "datenschutzeinstellung",
    "consentement", "traceurs", "consenso", "consentimiento", "consentimento", "toestemming",
    "samtycke", "samtykke", "suostumus", "zgod", "souhlas", "súhlas", "hozzájárul", "согласи",
    "файлы cookie", "çerez", "クッキー", "同意", "쿠키", "ملفات تعريف الارتباط", "עוגיות", "कुकी",
)  # fmt: skip
LEAST_SHARE = 0.04  # of the screen: a bar of 40 pixels along its edge
LEAST_LAYER = 10  # z-index; what is below lies in the page, not over it
MOST_WORDS = 4000  # characters; a box that says more is the page itself
WHOLE_SHARE = 0.9
MOST_OF_PAGE = 0.5  # of the page's letters: boxes that hold more, all together, are the page
# What no box that asks for consent is, whatever its name: what holds the page's own words, and the
# elements that programs draw a whole page into.
CONTENT = "main, article, h1, [role=main], [role=article]"
CONTAINERS = "#app, #root, #__next, #__nuxt, #___gatsby, #main, #content, #page, #wrapper"

# `kept` holds what was changed; see PUT_BACK. The general rule looks for what is fixed over the
# page (or shown as a modal dialog), large enough, and asks for consent. Neither a rule nor a known
# name takes what holds the page's own content. A shade without words goes only when a box went.
SET_ASIDE = """((known, words, limits, content, containers) => {
  globalThis.overlayStyles = [];
  const told = [];
  const [share, layer, most, whole, mostOfPage] = limits;
  const set = (node, name, value) => {
    const style = node.style;
    const old = [style.getPropertyValue(name), style.getPropertyPriority(name)];
    overlayStyles.push([style, name, ...old]);
    style.setProperty(name, value, 'important');
  };
  const text = (node) => (node.innerText || '').trim();
  const parts = (node) => {
    const inner = (root) => [...root.querySelectorAll('*')].slice(0, 200);
    return [node, ...inner(node), ...(node.shadowRoot ? inner(node.shadowRoot) : [])];
  };
  const area = (box) => box.width * box.height;
  const floats = (node) => node.matches(':modal')
    || ['fixed', 'sticky'].includes(getComputedStyle(node).position);
  const shown = (node) => {
    const style = getComputedStyle(node);
    if (style.display === 'none' || style.visibility === 'hidden') return null;
    const all = parts(node);
    if (!all.some(floats)) return null;
    const boxes = all.map((one) => one.getBoundingClientRect());
    const largest = boxes.reduce((one, other) => area(other) > area(one) ? other : one);
    return area(largest) ? largest : null;
  };
  const letters = (node) => text(node).replace(/\\s+/g, '').length;
  const ofPage = letters(document.body);
  let taken = 0;
  const holdsPage = (node) => {
    const roots = parts(node).flatMap((one) => one.shadowRoot ? [one.shadowRoot] : []);
    return node.contains(document.body) || node.matches(`${content}, ${containers}`)
      || [node, ...roots].some((root) => root.querySelector(content))
      || taken + letters(node) > mostOfPage * ofPage;
  };
  const hide = (node, rule, selector) => {
    const box = shown(node);
    if (!box || holdsPage(node)) return;
    taken += letters(node);
    told.push({rule, selector, width: Math.round(box.width), height: Math.round(box.height),
               words: text(node).replace(/\\s+/g, ' ').slice(0, 300)});
    set(node, 'display', 'none');
  };
  for (const [rule, selectors] of Object.entries(known))
    for (const selector of selectors)
      for (const node of document.querySelectorAll(selector)) hide(node, rule, selector);
  const named = (node) => node.localName + (node.id ? '#' + node.id : '')
    + [...node.classList].slice(0, 3).map((name) => '.' + name).join('');
  const covers = (node) => {
    const box = node.getBoundingClientRect();
    const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
    const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    return Math.max(0, wide) * Math.max(0, high) / (innerWidth * innerHeight);
  };
  const over = [...document.body.querySelectorAll('*')].filter((node) => {
    const style = getComputedStyle(node);
    if (node.localName === 'dialog' && node.matches(':modal')) return true;
    return style.position === 'fixed' && Number(style.zIndex) >= layer;
  });
  const asks = (node) => {
    const said = text(node).toLowerCase();
    return said.length <= most && words.some((word) => said.includes(word))
      && node.querySelector('button, a[href], [role=button], input');
  };
  for (const node of over)
    if (covers(node) >= share && asks(node))
      hide(node, 'asks for consent over the page', named(node));
  if (!told.length) return told;
  const draws = (one) => one.shadowRoot || one.localName.includes('-')
    || one.matches('img, video, canvas, iframe, svg, object, embed');
  const empty = (node) => !text(node) && ![node, ...node.querySelectorAll('*')].some(draws);
  for (const node of over)
    if (covers(node) >= whole && empty(node)) hide(node, 'shade behind such a box', named(node));
  for (const node of [document.documentElement, document.body]) {
    const style = getComputedStyle(node);
    if (['hidden', 'clip'].includes(style.overflowY)) set(node, 'overflow', 'visible');
    if (style.position === 'fixed') set(node, 'position', 'static');
  }
  return told;
})(%s, %s, %s, %s, %s)"""
PUT_BACK = """(() => {
  for (const [style, name, value, priority] of (globalThis.overlayStyles || []).reverse())
    if (value) style.setProperty(name, value, priority); else style.removeProperty(name);
})()"""

Told = list[dict[str, Any]]


async def set_aside(world: World) -> Told:
    """Set such boxes aside; return each as rule, selector, width, height (CSS pixels), words.

    Raises:
        Error: the page went away.
    """
    limits = [LEAST_SHARE, LEAST_LAYER, MOST_WORDS, WHOLE_SHARE, MOST_OF_PAGE]
    given = (json.dumps(one) for one in (KNOWN, WORDS, limits, CONTENT, CONTAINERS))
    told: Told | None = await world.ask(SET_ASIDE % tuple(given))
    return told or []


async def put_back(world: World) -> None:
    """Put back what was set aside.

    Raises:
        Error: the page went away.
    """
    await world.ask(PUT_BACK)

from __future__ import annotations

import pytest

from archiver.model.signals import Signal
from archiver.platforms._document import read_document
from archiver.platforms._thin import parked_instead

LONG = (
    "<p>" + "The council met twice in March and published nothing about the gates. " * 30 + "</p>"
)


def shown(body: str, title: str = "news.example") -> str | None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    found = parked_instead(read_document(html.encode(), "", rendered=True, main=False))
    assert found is None or found.signal is Signal.PARKED
    return found.says if found is not None else None


@pytest.mark.parametrize(
    "heading",
    [
        "This domain is for sale!",
        "news.example is for sale",
        "The domain name news.example may be for sale by its owner!",
        "Buy this domain",
        "This domain name has expired",
        "news.example is pending renewal or deletion",
        "Account Suspended",
        "This account has been suspended.",
        "Welcome to nginx!",
        "Apache2 Debian Default Page: It works",
        "IIS Windows Server",
        "There isn't a GitHub Pages site here.",
        "The specified bucket does not exist",
        "No such app",
        "tower.wordpress.com doesn’t exist",
        "Sorry, this shop is currently unavailable.",
        "Website Expired",
        "Diese Domain steht zum Verkauf",
        "Ce nom de domaine est à vendre",
        "Este dominio está en venta",
        "Questo dominio è in vendita",
        "Deze domeinnaam is te koop",
        "Домен news.example продаётся",
        "此域名出售",
        "このドメインは販売中です",
    ],
)
def test_a_small_page_that_says_it_is_parked(heading):
    assert shown(f"<h1>{heading}</h1>") is not None
    assert shown(f"<h1>{heading}</h1>{LONG}") is None


@pytest.mark.parametrize(
    "mark",
    [
        '<script src="https://www.google.com/adsense/domains/caf.js"></script>',
        '<a href="https://sedoparking.com/x">Offers</a>',
        '<script src="https://img1.wsimg.com/parking-lander/static/js/main.js"></script>',
        '<a href="https://www.hugedomains.com/domain_profile.cfm?d=news">Buy</a>',
        '<iframe src="//www.herokucdn.com/error-pages/no-such-app.html"></iframe>',
        '<meta http-equiv="refresh" content="0;url=/cgi-sys/suspendedpage.cgi">',
    ],
)
def test_a_mark_of_a_parking_service_counts_on_a_small_page_alone(mark):
    assert shown(f"<p>Related links</p>{mark}") is not None
    assert shown(f"{LONG}{mark}") is None


@pytest.mark.parametrize(
    "heading",
    [
        "House for sale at the harbour",
        "Why every good domain is for sale somewhere",
        "Account suspended after protest, says minister",
        "Parked cars block the quay",
        "Welcome to the harbour",
    ],
)
def test_other_short_pages_are_not(heading):
    assert shown(f"<h1>{heading}</h1><p>Short.</p>", heading) is None

"""Start the browser with only one way out and nothing of its own to say.

Each flag closes a road that was seen to lead past a proxy, or silences a call of the browser's own.
Source: measured in a network namespace with canaries, Chromium 156, 2026-11.
"""

from __future__ import annotations

import os

from playwright.async_api import Browser, BrowserContext, Error, Page, Playwright

from archiver.capture.policy import CapturePolicy
from archiver.errors import LaunchError

LAUNCH_S = 30
# The browser heeds only the last --disable-features, so ours repeats the library's (playwright
# 1.65, chromiumSwitches.ts; a test compares them) before it adds to it.
LIBRARY_DISABLES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch", "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
)  # fmt: skip
OUR_DISABLES = (
    # Pages of the browser's own address bar: half a second of processor time for every window.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
    "DialMediaRouteProvider", "Translate",
)  # fmt: skip
FLAGS = (
    f"--disable-features={','.join(LIBRARY_DISABLES + OUR_DISABLES)}",
    # The full browser heeds the first, the headless shell the second: UDP past the proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--gaia-url=http://127.0.0.1:9",  # its accounts host, asked at every start
    "--disable-auto-reload",  # it reloads its own error page, which is traffic of no page
    "--no-pings",
    "--disable-gpu",  # there is none to gain by; without, a software one is started
    "--mute-audio",
    "--deny-permission-prompts",
    "--js-flags=--max-old-space-size=512",
)


async def launch(
    driver: Playwright, path: str, proxy: str, policy: CapturePolicy
) -> tuple[Browser, BrowserContext, Page]:
    """Start a browser whose every request goes to ``proxy``, with one empty page.

    Raises:
        LaunchError: it did not start.
    """
    sandboxed = policy.sandbox if policy.sandbox is not None else os.geteuid() != 0
    try:
        browser = await _start(driver, path, proxy, sandboxed=sandboxed)
    except Error as error:
        if policy.sandbox is not None or "sandbox" not in error.message.lower():
            raise LaunchError(f"the browser did not start: {_told(error)}") from error
        browser = await _start(driver, path, proxy, sandboxed=False)
    context = await browser.new_context(
        user_agent=policy.agent(browser.version),
        locale=policy.locale,
        timezone_id=policy.time_zone,
        viewport={"width": policy.viewport_width, "height": policy.viewport_height},
        service_workers="block",
        accept_downloads=False,
    )
    return browser, context, await context.new_page()


async def _start(driver: Playwright, path: str, proxy: str, *, sandboxed: bool) -> Browser:
    return await driver.chromium.launch(
        executable_path=path,
        headless=True,
        args=list(FLAGS),
        proxy={"server": proxy},  # the library adds <-loopback>, so loopback goes there too
        chromium_sandbox=sandboxed,
        timeout=LAUNCH_S * 1000,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def _told(error: Error) -> str:
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    return " / ".join(lines[:3])

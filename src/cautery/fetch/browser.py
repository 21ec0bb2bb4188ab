"""What a page looks like: a headless Chromium without a profile, whose only way out is the egress proxy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cautery.core.errors import Unreachable
from cautery.core.evidence.berkeley import Missing
from cautery.core.evidence.capture import Rendering
from cautery.fetch.dial import Dialler
from cautery.fetch.egress import Egress, egress
from cautery.fetch.recorder import Recorder

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
)
WIDTH, HEIGHT = 1_280, 1_024
HIGHEST = 20_000
"""Pixels a picture is high at most; a page without end has none."""
SETTLE_MS = 2_000


@dataclass(slots=True)
class Browser:
    """A running browser; `render` an address. It lives in a thread of its own, because its driver runs a loop there."""

    thread: ThreadPoolExecutor
    chromium: Any
    proxy: Egress
    user_agent: str
    now: Callable[[], datetime]
    timeout_s: float

    def render(self, url: str, *, any_certificate: bool = False) -> Rendering | Missing:
        """The page as shown: picture, text, MHTML; or why there is none. What it fetched is in `requests`."""
        return self.thread.submit(self._render, url, any_certificate).result()

    def _render(self, url: str, any_certificate: bool) -> Rendering | Missing:
        self.proxy.carried = 0
        errors = import_module("playwright.sync_api")
        first = len(self.proxy.asked)
        context = self.chromium.new_context(
            user_agent=self.user_agent,
            viewport={"width": WIDTH, "height": HEIGHT},
            service_workers="block",
            accept_downloads=False,
            ignore_https_errors=any_certificate,
            locale="en-GB",
        )
        try:
            page = context.new_page()
            page.set_default_timeout(self.timeout_s * 1_000)
            page.on("dialog", lambda dialog: dialog.dismiss())
            page.goto(self._shown(url), wait_until="load")
            return self._taken(page, context, first)
        except (errors.Error, errors.TimeoutError) as error:
            return Missing(f"the browser could not show it: {str(error).splitlines()[0][:200]}")
        finally:
            context.close()

    def _taken(self, page: Any, context: Any, first: int) -> Rendering:
        page.wait_for_timeout(SETTLE_MS / 10)
        height = min(int(page.evaluate("document.documentElement.scrollHeight") or HEIGHT), HIGHEST)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": max(height, HEIGHT)}
        at = self.now()
        picture = page.screenshot(full_page=True, clip=clip, animations="disabled")
        text = page.evaluate("document.body ? document.body.innerText : ''")
        mhtml = context.new_cdp_session(page).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
        return Rendering(
            at=at,
            browser=f"Chromium {self.chromium.version}",
            picture=picture,
            text=str(text),
            mhtml=mhtml.encode(),
            title=page.title(),
            final_url=page.url,
            requests=tuple(self.proxy.asked[first:]),
        )

    def _shown(self, url: str) -> str:
        """The rehearsal's hosts speak plain HTTP, whatever their links say."""
        plain = self.proxy.dialler.guard.hosts.plain(urlsplit(url).hostname or "")
        return f"http{url[5:]}" if plain and url.startswith("https:") else url


def why_no_browser() -> str:
    """Why pages cannot be rendered here; empty when they can."""
    if find_spec("playwright") is None:
        return "playwright is not installed (the extra `browser`)"
    return "" if CHROMIUM.exists() else f"there is no Chromium at {CHROMIUM}"


@contextmanager
def browser(
    dialler: Dialler, *, user_agent: str, now: Callable[[], datetime], timeout_s: float, max_bytes: int
) -> Iterator[Browser]:
    """A browser until the block ends; `Unreachable` where none can be started."""
    why = why_no_browser()
    if why:
        raise Unreachable(f"Pages cannot be rendered: {why}.", reason="no_browser")
    with egress(dialler, max_bytes=max_bytes) as proxy, ThreadPoolExecutor(1, "browser") as thread:
        driver, chromium = thread.submit(_launch, proxy).result()
        try:
            yield Browser(thread, chromium, proxy, user_agent, now, timeout_s)
        finally:
            thread.submit(chromium.close).result()
            thread.submit(driver.stop).result()


def browser_for(recorder: Recorder) -> AbstractContextManager[Browser]:
    """A browser with the exit, the bounds and the name of a recorder."""
    limits = recorder.limits
    return browser(
        recorder.dialler,
        user_agent=recorder.user_agent,
        now=recorder.now,
        timeout_s=limits.timeout_s,
        max_bytes=limits.max_bytes,
    )


def _launch(proxy: Egress) -> tuple[Any, Any]:
    """The driver and a Chromium whose way out is `proxy`."""
    playwright = import_module("playwright.sync_api")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    way = {"server": f"http://127.0.0.1:{proxy.port}", "username": proxy.user, "password": proxy.password}
    driver = playwright.sync_playwright().start()
    try:
        chromium = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=[*ARGUMENTS, *root], proxy={**way, "bypass": "<-loopback>"}
        )
    except playwright.Error as error:
        driver.stop()
        raise Unreachable(f"Chromium does not start: {str(error).splitlines()[0]}", reason="no_browser") from error
    return driver, chromium

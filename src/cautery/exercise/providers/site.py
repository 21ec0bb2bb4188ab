"""One provider's HTTP server: which request gets which page."""

from __future__ import annotations

from urllib.parse import quote

from cautery.exercise.addresses import locate
from cautery.exercise.objects import WebObject
from cautery.exercise.providers.notices import BASE, NoticeApi
from cautery.exercise.providers.pages import PLAIN_404, Pages, front, login
from cautery.exercise.providers.search import Search
from cautery.exercise.scenario import Provider
from cautery.exercise.serving import Answer, Later, Request
from cautery.exercise.state import State

SHORT_HOSTS = frozenset({"vido.test", "cour.test"})


class Site:
    """Everything of one provider that is reached by HTTP."""

    def __init__(self, state: State, provider: Provider, api: NoticeApi, pages: Pages, search: Search) -> None:
        self.state = state
        self.provider = provider
        self.api = api
        self.pages = pages
        self.search = search

    def handle(self, request: Request) -> Answer | Later:
        """Answers any request."""
        path = request.path
        if path.startswith(BASE):
            return self.api.handle(request)
        if request.method not in {"GET", "HEAD"}:
            return _page(405, PLAIN_404)
        if path.startswith("/media/"):
            return self._media(path.removeprefix("/media/"))
        host = request.host.removeprefix("www.")
        address = locate(self.provider.slug, host, path, request.query)
        thing = self.state.population.by_address.get(address) if address else None
        if thing is not None and thing.appeared_at <= self.state.now:
            return self._object(thing, host, path)
        return self._own(path, request)

    def _own(self, path: str, request: Request) -> Answer:
        """Pages of the provider itself."""
        match path:
            case "/":
                return _page(200, front(self.provider))
            case "/search":
                return _page(200, self.search.page(self.provider.slug, request.parameters.get("q", "")))
            case "/login":
                return _page(200, login(self.provider))
        return _page(404, PLAIN_404)

    def _object(self, thing: WebObject, host: str, path: str) -> Answer:
        if host in SHORT_HOSTS or path.startswith("/i/status/"):
            return _redirect(301, thing.url)
        episode = thing.episode_at(self.state.now)
        if episode is not None and episode.over(self.state.now):
            return self._gone(thing, episode.cause)
        if path.startswith("/raw/"):
            return Answer(200, self.pages.plain(thing).encode(), "text/plain; charset=utf-8")
        if host == "dl.dropfile.test":
            return self._media(self.state.media.name(thing) or "")
        return _page(200, self.pages.of(thing))

    def _gone(self, thing: WebObject, cause: str | None) -> Answer:
        if self.provider.gone_as == "login_redirect" and cause != "owner":
            return _redirect(302, f"https://{self.provider.hosts[0]}/login?next={quote(thing.url, safe='')}")
        return _page(*self.pages.instead(thing, cause, self.provider))

    def _media(self, name: str) -> Answer:
        found = self.state.media.read(name)
        if found is None:
            return _page(404, PLAIN_404)
        return Answer(200, *found)


def _page(status: int, text: str) -> Answer:
    return Answer(status, text.encode())


def _redirect(status: int, to: str) -> Answer:
    return Answer(status, mime="application/octet-stream", headers={"Location": to})

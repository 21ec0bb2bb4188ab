"""Public pages: an object, an account with what it posted, what is left of something gone. HTML of 1 to 2 kB."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from cautery.exercise.moments import to_iso
from cautery.exercise.naming import OUTLETS, display_name
from cautery.exercise.objects import WebObject
from cautery.exercise.providers.phrases import BY_AUTHOR, CONTACT, DELETED_AS, FORWARDED, GONE, MOVED
from cautery.exercise.scenario import Provider
from cautery.exercise.state import State

NEWEST = 12
RELATED = 3
KEPT = 16_384
"""Pages kept as they were written, about 2 kB each."""
FORWARDS = 0.3
PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    '<title>{title}</title>\n<meta name="author" content="{author}">\n<link rel="canonical" href="{url}">\n</head>\n'
    '<body>\n<header><h1>{title}</h1>\n<p class="by"><a href="{by}">{author}</a> <time datetime="{at}">{at}</time></p>'
    "</header>\n<main>\n{main}\n</main>\n<footer>{links}</footer>\n</body>\n</html>\n"
)
INSTEAD = (
    '<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    '<title>{provider}</title>\n</head>\n<body>\n<header><a href="/">{provider}</a></header>\n'
    '<main><p class="notice">{words}</p></main>\n</body>\n</html>\n'
)
PLAIN_404 = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


class Pages:
    """Writes the pages of all providers."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.media = state.media
        self._text = lru_cache(maxsize=20_000)(self._make_text)
        self._posted = lru_cache(maxsize=KEPT)(self._written)
        self._outlet = [
            account for slug in state.population.accounts for account in state.population.outlet_accounts(slug)
        ]

    def of(self, thing: WebObject) -> str:
        """The page of something that is up. A post looks the same as long as it is up; an account shows what else is."""
        return self._written(thing.id) if thing.is_account else self._posted(thing.id)

    def _written(self, object_id: str) -> str:
        thing = self.state.population.objects[object_id]
        title, text = self.text(thing)
        owner = self.state.population.objects[thing.owner] if thing.owner else thing
        return PAGE.format(
            language=thing.language,
            direction=_direction(thing.language),
            title=title,
            author=escape(thing.handle),
            url=escape(thing.url),
            by=escape(owner.url),
            at=to_iso(thing.appeared_at),
            main=self._above(thing) + self._shown(thing) + text + self._posts(thing),
            links=" ".join(_link(other) for other in self._related(thing)) + self._site(thing),
        )

    def text(self, thing: WebObject) -> tuple[str, str]:
        """Title and text of an object, as HTML."""
        title, text = self._text(
            thing.work, thing.language, thing.truth, thing.variant if thing.medium == "text" else ""
        )
        return (escape(display_name(thing.handle)), text) if thing.is_account else (title, text)

    def instead(self, thing: WebObject, cause: str | None, provider: Provider) -> tuple[int, str]:
        """Status and page of something that is gone, for providers that show a page."""
        if cause == "owner":
            return DELETED_AS.get(provider.gone_as, 404), _instead(thing, BY_AUTHOR[thing.language], provider)
        if provider.gone_as == "404_plain":
            return 404, PLAIN_404
        status, words = GONE[provider.gone_as]
        return status, _instead(thing, words[thing.language], provider)

    def plain(self, thing: WebObject) -> str:
        """Title and text without markup, as paste sites offer it."""
        title, body = self._words(thing.work, thing.language, thing.truth, thing.variant)
        return f"{title}\n\n{body}\n"

    def _make_text(self, work: int, language: str, truth: str, variant: str) -> tuple[str, str]:
        title, body = self._words(work, language, truth, variant)
        return escape(title), "".join(f"<p>{escape(line)}</p>\n" for line in body.splitlines() if line)

    def _words(self, work: int, language: str, truth: str, variant: str) -> tuple[str, str]:
        """The specimen's words; a copy with other bytes leaves some out."""
        title, body = self.media.specimens.text(work, language, truth)
        _, altered, form = variant.partition("#")
        if not altered:
            return title, body
        every = 7 + int(form) % 10
        return title, " ".join(word for place, word in enumerate(body.split(" ")) if place % every != every - 1)

    def _shown(self, thing: WebObject) -> str:
        name = self.media.name(thing)
        if name is None:
            return ""
        address = f"https://{thing.url.split('/')[2]}/media/{name}"
        if thing.medium == "video":
            return f'<video src="{address}" controls></video>\n'
        return f'<img src="{address}" alt="">\n'

    def _posts(self, thing: WebObject) -> str:
        if not thing.is_account:
            return ""
        now, posts = self.state.now, []
        for post in self.state.population.newest_of(thing.id):
            if post.is_up(now):
                posts.append(f"<li>{_link(post, self.text(post)[0])}</li>\n")
                if len(posts) == NEWEST:
                    break
        return f"<ul>\n{''.join(posts)}</ul>\n" if posts else ""

    def _above(self, thing: WebObject) -> str:
        """What stands above the content: a new address, whom to write to, where a message came from."""
        if thing.is_account:
            admin = self.state.population.admin_of(thing)
            return self._announced(thing) + f'<p class="contact">{CONTACT[thing.language]}: @{admin}</p>\n'
        if thing.provider == "courier" and self.state.draws.happens("forwarded", thing.id, FORWARDS):
            origin = self.state.draws.choice("forwarded from", thing.id, self.state.population.accounts["courier"])
            return f'<p class="forwarded">{FORWARDED[thing.language]} {_link(origin)}</p>\n'
        return ""

    def _announced(self, thing: WebObject) -> str:
        said = self.state.announcements.get(thing.id, ())
        words = MOVED[thing.language]
        return "".join(f"<p>{words}: {_link(new)}</p>\n" for _, new in reversed(said))

    def _related(self, thing: WebObject) -> list[WebObject]:
        """Accounts of the outlet that a page points to: the net is what a unit sees of it."""
        units = self.state.draws.units("related", thing.id)
        count = RELATED if thing.is_account else int(units[-1] * 2.5)
        chosen = (self._outlet[int(unit * len(self._outlet))] for unit in units[:count])
        return [other for other in chosen if other is not thing]

    def _site(self, thing: WebObject) -> str:
        if not self.state.draws.happens("links to the site", thing.id, 0.1):
            return ""
        return f' <a href="https://{OUTLETS[0].domain}/">{OUTLETS[0].domain}</a>'


def front(provider: Provider) -> str:
    """A provider's front page."""
    return INSTEAD.format(language="en", direction="ltr", provider=escape(provider.name), words=escape(provider.kind))


def login(provider: Provider) -> str:
    """The page that asks for a login."""
    words = "Log in to continue."
    return INSTEAD.format(language="en", direction="ltr", provider=escape(provider.name), words=words)


def _instead(thing: WebObject, words: str, provider: Provider) -> str:
    return INSTEAD.format(
        language=thing.language,
        direction=_direction(thing.language),
        provider=escape(provider.name),
        words=escape(words),
    )


def _link(thing: WebObject, words: str | None = None) -> str:
    return f'<a href="{escape(thing.url)}">{words or escape(thing.handle)}</a>'


def _direction(language: str) -> str:
    return "rtl" if language == "ar" else "ltr"

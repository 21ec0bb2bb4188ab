"""How people write addresses: the same object spelled many ways, and rows that are no address at all."""

from __future__ import annotations

from cautery.exercise.draws import Draws, pick
from cautery.exercise.objects import WebObject
from cautery.exercise.scenario import Flags

TRACKING = (
    "utm_source=share",
    "utm_medium=social",
    "utm_campaign=spring",
    "fbclid=IwAR0specimen",
    "utm_source=copy&utm_medium=app",
)
FRAGMENTS = ("#top", "#comments", "#t=12")
MALFORMED = (
    "",
    "   ",
    "javascript:alert(document.title)",
    "http://192.168.17.4/video/12",
    "http://127.0.0.1:8080/",
    "http://10.0.0.8/index.html",
    "not an address at all",
    "see attachment",
    "file:///home/officer/list.csv",
    "https://",
)


def normal_forms(thing: WebObject) -> list[str]:
    """Other addresses at the provider that lead to the object."""
    key, handle = thing.address.key, thing.handle
    match thing.provider, thing.kind:
        case "vidora", "video":
            return [f"https://m.vidora.test/watch?v={key}", f"https://vidora.test/v/{key}", f"https://vido.test/{key}"]
        case ("vidora" | "agora", _) if thing.is_account:
            return [thing.url.replace("https://", "https://m.")]
        case "courier", "group":
            return [f"https://courier.test/joinchat/{key}", f"https://cour.test/+{key}"]
        case "courier", _:
            return [f"https://courier.test/s/{key}", f"https://cour.test/{key}"]
        case "chirp", "account":
            return [f"https://mobile.chirp.test/{key}"]
        case "chirp", _:
            return [f"https://mobile.chirp.test/{handle}/status/{key}"]
        case "agora", _:
            mobile = f"https://m.agora.test/{handle}/posts/{key}"
            return [mobile, f"https://agora.test/story.php?owner={handle}&id={key}"]
        case "cloudlet", "file":
            return [f"https://cloudlet.test/file/d/{key}", f"https://cloudlet.test/open?id={key}"]
        case "dropfile", _:
            return [f"https://dropfile.test/f/{key}/specimen.bin", f"https://dl.dropfile.test/d/{key}"]
        case "pastely", _:
            return [f"https://pastely.test/raw/{key}"]
    return []


def spelled(thing: WebObject, key: str, draws: Draws, flags: Flags) -> str:
    """The address as somebody writes it down; `key` says who: each spells it his own way and always the same."""
    plain, form, tracking, scheme, upper, fragment, defanged, which = draws.units("spelling", key)
    if plain < flags.plain:
        return thing.url
    url = pick(form, [thing.url, *normal_forms(thing)])
    if tracking < 0.5:
        url += ("&" if "?" in url else "?") + pick(which, TRACKING)
    if fragment < 0.1:
        url += pick(fragment * 10, FRAGMENTS)
    if scheme < 0.2:
        url = url.replace("https://", "http://", 1)
    if upper < 0.1:
        url = _upper_host(url)
    return defang(url) if defanged < flags.defanged else url


def defang(url: str) -> str:
    """`hxxps://chirp[.]test/a`: nobody opens it by mistake."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.replace('tt', 'xx', 1)}://{host.replace('.', '[.]')}{slash}{path}"


def _upper_host(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.upper()}{slash}{path}"

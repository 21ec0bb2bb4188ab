"""What a link stands for: the promises that hold for every provider, and the general rule."""

from __future__ import annotations

import pytest

from cautery.core.errors import LinkRefused
from cautery.core.links import RULES, Ruleset, identify


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("https://example.com/" + "a" * 10_000, "too_long"),
        ("a" * 50_000_000, "too_long"),
        ("javascript:alert(1)", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("data:text/html,hello", "scheme"),
        ("ftp://example.com/a", "scheme"),
        ("http://127.0.0.1/a", "private_address"),
        ("http://2130706433/", "private_address"),
        ("http://0x7f.1/", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://192.168.1.1/a", "private_address"),
        ("http://169.254.169.254/latest", "private_address"),
        ("http://localhost/", "private_address"),
        ("localhost:8000", "private_address"),
        ("http://printer/", "private_address"),
        ("http://nas.local/", "private_address"),
        ("http://1.0.0.10.in-addr.arpa/", "private_address"),
        ("http://", "not_a_url"),
        ("https://./", "no_host"),
        ("http:example.com", "not_a_url"),
        ("hello world", "not_a_url"),
        ("notes.txt", "not_a_url"),
        ("https://t.me/joinchat", "not_an_object"),
    ],
)
def test_it_refuses_what_is_no_web_object(text: str, reason: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        identify(text)
    assert refused.value.reason == reason


def test_the_host_a_browser_opens_counts_and_credentials_are_flagged() -> None:
    link = identify("https://www.youtube.com@example.org/watch?v=jNQXAC9IVRw")
    assert link.provider == "example.org"
    assert "credentials" in link.host_flags
    assert link.url == "https://example.org/watch?v=jNQXAC9IVRw"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://youtu.be/jNQXAC9IVRw",
        "http://www.YouTube.com./watch?v=jNQXAC9IVRw#t=3",
        "HTTPS://M.YOUTUBE.COM:443/watch?feature=x&v=jNQXAC9IVRw",
        "https://www.youtube.com/%77atch?v=jNQXAC9IVRw",
        "https://www.youtube.com/embed/jNQXAC9IVRw?rel=0",
        "//www.youtube.com/v/jNQXAC9IVRw",
        "youtube.com/shorts/jNQXAC9IVRw",
        "https://ｙoutube.com/watch?v=jNQXAC9IVRw",
        "https://yewtu.be/watch?v=jNQXAC9IVRw",
        "https://www.google.com/url?q=https%3A%2F%2Fyoutu.be%2FjNQXAC9IVRw&sa=D",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2FjNQXAC9IVRw&h=x",
    ],
)
def test_one_object_has_one_identity_however_it_is_spelled(spelling: str) -> None:
    assert identify(spelling).identity == "youtube:video:jNQXAC9IVRw"


def test_what_a_link_came_through_is_kept() -> None:
    assert identify("https://nitter.example.org/jack/status/20").via == "mirror:nitter"
    assert identify("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fjack").via == "redirect:facebook"
    assert identify("https://x.com/jack").via is None


def test_wrappers_inside_wrappers_come_to_an_end() -> None:
    url = "https://t.me/durov"
    for _ in range(40):
        url = f"https://href.li/?{url}"
    assert identify(url).provider == "dereferrer"


def test_ids_keep_their_case_and_handles_do_not() -> None:
    assert identify("https://youtu.be/jNQXAC9IVRw").identity != identify("https://youtu.be/JNQXAC9IVRW").identity
    assert identify("https://x.com/Jack").identity == identify("https://x.com/jACK").identity


def test_an_archives_copy_is_the_archives_object_and_says_what_it_copied() -> None:
    link = identify("https://web.archive.org/web/20150415002341/https://youtu.be/jNQXAC9IVRw")
    assert (link.provider, link.kind) == ("archive.org", "archive_copy")
    assert link.original == "https://www.youtube.com/watch?v=jNQXAC9IVRw"


def test_a_shortener_is_marked_and_not_followed() -> None:
    link = identify("https://bit.ly/2AbCdEf")
    assert (link.provider, link.kind, link.key, link.shortener) == ("bit.ly", "redirect", "2AbCdEf", True)


def test_a_mail_address_is_an_item_of_its_domain() -> None:
    for spelling in ("Tide@Example.org", "mailto:tide@example.org?subject=x"):
        link = identify(spelling)
        assert (link.provider, link.kind, link.key) == ("example.org", "mail", "tide@example.org")


def test_a_bare_domain_is_a_site() -> None:
    for spelling in ("example.co.uk", "http://www.example.co.uk/", "https://example.co.uk/index.html?utm_source=x"):
        link = identify(spelling)
        assert (link.provider, link.kind, link.key) == ("example.co.uk", "site", "example.co.uk")


def test_a_page_of_an_unknown_site_keeps_the_query_that_matters_and_loses_tracking() -> None:
    link = identify("https://forum.example.org/t.php?utm_source=x&id=7&fbclid=y&a=b#post3")
    assert link.identity == "example.org:page:forum.example.org/t.php?a=b&id=7"
    assert link.canonical_url == "https://forum.example.org/t.php?a=b&id=7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?id=1", "https://example.org/a"),
        ("https://a.example.org/x", "https://b.example.org/x"),
        ("https://example.org:8080/x", "https://example.org/x"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/#/a", "https://example.org/#/b"),
    ],
)
def test_two_pages_of_an_unknown_site_stay_two(one: str, other: str) -> None:
    assert identify(one).identity != identify(other).identity


def test_an_onion_site_is_its_own_provider() -> None:
    host = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
    link = identify(f"http://{host}/about")
    assert (link.provider, link.key, link.host_flags) == (host, f"{host}/about", ("onion",))


@pytest.mark.parametrize(
    ("url", "flagged"),
    [
        ("https://www.раураl.com/", True),
        ("https://xn--80ak6aa92e.com/", True),
        ("https://www.bürgerentscheid.de/", False),
        ("https://президент.рф/", False),
        ("https://сахар.рф/", False),
        ("https://例え.jp/", False),
    ],
)
def test_a_host_that_imitates_another_is_flagged_and_a_foreign_one_is_not(url: str, flagged: bool) -> None:
    assert ("homoglyph" in identify(url).host_flags) is flagged


def test_a_host_that_only_looks_like_a_provider_is_not_the_provider() -> None:
    for url in (
        "https://tеlegram.org/x",
        "https://youtube.com.example.org/watch?v=jNQXAC9IVRw",
        "https://notx.com/jack",
    ):
        assert identify(url).provider not in {"telegram", "youtube", "twitter"}


def test_another_port_is_not_the_providers_own_service() -> None:
    link = identify("https://x.com:8443/jack")
    assert (link.kind, "port" in link.host_flags) == ("page", True)


def test_rules_from_another_folder_leave_the_default_ones_alone(rehearsal: Ruleset) -> None:
    assert identify("https://chirp.test/harbour", rehearsal).provider == "chirp"
    assert identify("https://youtu.be/jNQXAC9IVRw", rehearsal).provider == "youtube"
    assert identify("https://chirp.test/harbour").provider == "chirp.test"


def test_the_rehearsals_sites_on_their_own_names_follow_the_general_rule(rehearsal: Ruleset) -> None:
    link = identify("https://www.old-harbour.test/news/today.html?utm_source=x", rehearsal)
    assert (link.provider, link.kind, link.key) == ("old-harbour.test", "page", "old-harbour.test/news/today.html")


def test_every_default_rule_file_holds() -> None:
    for provider in Ruleset.load(RULES).providers:
        assert provider.shapes or provider.hosts or provider.trackers, provider.file

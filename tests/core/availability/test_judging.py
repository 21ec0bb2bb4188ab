"""What a probe's observation is judged to be: our own cases in six languages, and messages of real platforms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cautery.core.availability import DOWN, REMOVALS, UNSURE, WORDS, Observation, Siblings, Verdict, judge, read_record
from tests.shared import shared

AT = "https://video.example/watch/1"
CASES = {
    Verdict.REMOVED: [
        "This content was removed because it breaks our rules.", "Video removed",
        "This channel can't be displayed because it violated our terms of service.", "This page is no longer available.",
        "Ce contenu a été supprimé car il enfreint nos règles.", "Cette vidéo n'est plus disponible.",
        "Dieser Inhalt wurde wegen Verstoßes entfernt.", "Dieses Video ist nicht mehr verfügbar.",
        "Este contenido se ha eliminado porque infringe nuestras normas.", "Este vídeo ya no está disponible.",
        "تمت إزالة هذا المحتوى لمخالفته قواعدنا.", "لم يعد هذا المحتوى متاحًا.",
        "Этот материал удалён за нарушение правил.", "Это видео больше недоступно.",
    ],
    Verdict.ACCOUNT_CLOSED: [
        "This account has been suspended.", "Compte suspendu", "Konto gesperrt", "La cuenta ha sido suspendida.", "Аккаунт заблокирован.",
    ],
    Verdict.DELETED_BY_OWNER: [
        "This post was deleted by its author.", "The uploader has removed this video.", "Ce message a été supprimé par son auteur.",
        "Dieser Beitrag wurde von seinem Verfasser gelöscht.", "Este contenido ha sido eliminado por su autor.",
        "تم حذف هذا المحتوى من قبل صاحبه.", "Этот материал удалён его автором.",
    ],
    Verdict.GEO_BLOCKED: [
        "This video is not available in your country.", "The uploader has not made this video available in your country",
        "Removed in your region because of local laws.", "This content is geo-blocked.", "Account withheld in response to a legal demand",
        "Cette vidéo n'est pas disponible dans votre pays.", "Dieses Video ist in deinem Land nicht verfügbar.",
        "Este vídeo no está disponible en tu país.", "هذا الفيديو غير متاح في بلدك.", "Видео недоступно в вашей стране.",
        "Contenu supprimé dans votre pays", "Этот материал удалён в вашей стране.",
    ],
    Verdict.LOGIN_WALL: [
        "Log in to view this video.", "You must be logged in to see this page.", "Sign in to confirm your age",
        "This video requires a subscription.", "Members-only content", "Connectez-vous pour voir cette page.",
        "Bitte einloggen, um diesen Inhalt zu sehen.", "Inicia sesión para ver este vídeo.",
        "يرجى تسجيل الدخول للمتابعة", "Войдите, чтобы посмотреть.",
    ],
    Verdict.PRIVATE: [
        "This account is private.", "Private video", "These posts are protected", "This album is password protected.",
        "Access denied. You do not have permission.", "Ce compte est privé.", "Dieses Profil ist privat.", "Esta cuenta es privada.",
        "هذا الحساب خاص", "Это закрытый аккаунт.",
    ],
    Verdict.RATE_LIMITED: [
        "Too many requests. Please slow down.", "Your IP has been blocked.", "Are you a robot? Solve the captcha.",
        "Trop de requêtes, réessayez plus tard.", "Zu viele Anfragen.", "Demasiadas solicitudes.",
        "عدد كبير جدا من الطلبات", "Слишком много запросов.",
    ],
    Verdict.GONE: [
        "Page not found", "This video does not exist.", "Page introuvable", "Seite nicht gefunden", "Página no encontrada",
        "الصفحة غير موجودة", "Страница не найдена", "This message may have been deleted.",
    ],
    Verdict.UNKNOWN: [
        "This video is unavailable", "Sorry, this content isn't available right now", "Ce contenu est indisponible.",
        "Dieser Inhalt ist nicht verfügbar.", "Contenido no disponible", "المحتوى غير متاح", "Видео недоступно", "Not yet available",
    ],
    Verdict.UP: [
        "A specimen film about gardens.", "Un film d'exemple.", "Ein Beispielfilm.", "Una película de ejemplo.", "فيلم عن الحدائق", "Фильм о садах.",
    ],
}  # fmt: skip
PAIRS = [(verdict, text) for verdict, texts in CASES.items() for text in texts]
SHUT = REMOVALS
"""What counts as taken down when the provider says so."""


def seen(text: str = "", status: int = 200, final: str = AT, title: str = "", failed: str = "") -> Verdict:
    return judge(Observation(AT, final, status, title, text, failed)).verdict


@pytest.mark.parametrize(("verdict", "text"), PAIRS)
def test_a_short_page_is_believed_in_six_languages(verdict: Verdict, text: str) -> None:
    assert seen(text) is verdict
    assert seen(title=text) is verdict


def test_there_are_enough_cases() -> None:
    assert len(PAIRS) >= 60


@pytest.mark.parametrize(("status", "verdict"), [
    (200, Verdict.UP), (204, Verdict.UP), (404, Verdict.GONE), (410, Verdict.GONE), (451, Verdict.GEO_BLOCKED), (401, Verdict.LOGIN_WALL),
    (403, Verdict.UNKNOWN), (400, Verdict.UNKNOWN), (302, Verdict.UNKNOWN), (429, Verdict.RATE_LIMITED), (500, Verdict.UNREACHABLE),
    (502, Verdict.UNREACHABLE), (503, Verdict.UNREACHABLE), (0, Verdict.UNREACHABLE),
])  # fmt: skip
def test_a_page_without_words_is_judged_by_its_status(status: int, verdict: Verdict) -> None:
    assert seen(status=status) is verdict


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_is_never_a_removal_whatever_the_page_says(status: int) -> None:
    assert seen("This content was removed because it breaks our rules.", status) in UNSURE


@pytest.mark.parametrize("status", [403, 404, 410])
@pytest.mark.parametrize("verdict", [Verdict.PRIVATE, Verdict.LOGIN_WALL, Verdict.GEO_BLOCKED, Verdict.RATE_LIMITED])
def test_who_may_not_look_is_told_apart_on_error_pages_too(verdict: Verdict, status: int) -> None:
    assert all(seen(text, status) is verdict for text in CASES[verdict])


@pytest.mark.parametrize("final", [
    "https://video.example/login?next=/watch/1", "https://video.example/accounts/login/", "https://accounts.example/x", "https://login.video.example/",
])  # fmt: skip
def test_a_way_to_a_sign_in_page_is_a_wall(final: str) -> None:
    assert seen("Welcome", final=final) is Verdict.LOGIN_WALL


def test_a_way_to_the_front_page_tells_nothing() -> None:
    assert seen("All our films", final="https://video.example/") is Verdict.UNKNOWN
    assert seen("Moved", final="https://www.video.example/watch/1") is Verdict.UP


def test_the_same_words_in_a_long_text_are_somebody_s_prose() -> None:
    prose = "This content was removed because it breaks our rules, they wrote. " + "And so the story goes on. " * 40
    assert seen(prose) is Verdict.UP


def test_a_failed_fetch_is_unreachable() -> None:
    assert seen(status=0, failed="timeout") is Verdict.UNREACHABLE


def test_every_verdict_is_up_down_or_unsure_and_says_its_ground() -> None:
    assert {Verdict.UP} | DOWN | UNSURE == set(Verdict)
    assert all(judge(Observation(AT, AT, 200, "", text)).ground for _, text in PAIRS)


def test_what_real_extractors_call_private_or_walled_is_never_a_removal() -> None:
    rows = [json.loads(line) for line in shared("takedown/ytdlp_messages.ndjson").read_text().splitlines()]
    limited = {"private", "geo_or_local_law", "login_required", "age", "not_yet", "unavailable"}
    wrong = [row["message"] for row in rows if row["state_guess"] in limited and seen(row["message"]) in SHUT]
    assert wrong == []


def test_what_real_platforms_say_of_removals_is_nearly_always_seen() -> None:
    rows = [json.loads(line) for line in shared("takedown/ytdlp_messages.ndjson").read_text().splitlines()]
    said = [row["message"] for row in rows if row["state_guess"] in {"removed_unknown", "account_terminated"}]
    assert sum(seen(message) in SHUT for message in said) / len(said) > 0.75
    messages = [json.loads(line) for line in shared("takedown/platform_messages.ndjson").read_text().splitlines()]
    down = [row["message"] for row in messages if seen(row["message"]) is not Verdict.UP]
    assert len(down) / len(messages) > 0.9


PLACES = [
    ("https://other.example/video/9", Verdict.MOVED), ("https://video.example/404", Verdict.GONE),
    ("https://video.example/captcha?x=1", Verdict.RATE_LIMITED),
    ("https://video.example/age-gate?to=1", Verdict.LOGIN_WALL), ("https://m.video.example/watch/1", Verdict.UP),
]  # fmt: skip


@pytest.mark.parametrize(("final", "verdict"), PLACES)
def test_where_a_redirect_leads_says_what_it_means(final: str, verdict: Verdict) -> None:
    judged = judge(Observation(AT, final, 200, "Films", "A film about gardens."))
    assert judged.verdict is verdict
    assert judged.where == (final if verdict is Verdict.MOVED else "")


def test_a_redirect_that_was_not_followed_says_where_it_leads() -> None:
    moved = judge(Observation(AT, AT, 301, headers={"location": "https://elsewhere.example/watch/1"}))
    assert (moved.verdict, moved.where) == (Verdict.MOVED, "https://elsewhere.example/watch/1")
    assert judge(Observation(AT, AT, 302, headers={"location": "/login?next=/watch/1"})).verdict is Verdict.LOGIN_WALL
    assert judge(Observation(AT, AT, 302, headers={"location": "/"})).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("status", "headers"), [(403, {"cf-mitigated": "challenge"}), (503, {"retry-after": "30"}), (999, {})]
)
def test_a_server_that_keeps_us_out_tells_nothing_of_the_page(status: int, headers: dict[str, str]) -> None:
    assert judge(Observation(AT, AT, status, "", "Not found", headers=headers)).verdict is Verdict.RATE_LIMITED


def test_a_title_is_believed_where_it_is_all_the_page_is_about() -> None:
    long = "And so the story goes on. " * 40
    assert seen(long, title="Page not found | Harbour") is Verdict.GONE
    assert seen(long, title="Why the page was not found until Tuesday, and who had removed it") is Verdict.UP


def test_a_site_that_shows_the_same_page_for_everything_is_told_by_its_siblings() -> None:
    def page(name: str, text: str) -> Observation:
        return Observation(f"https://s.example/{name}", f"https://s.example/{name}", 200, "Harbour", text)

    nothing, something = page("qqzz", "Boats for all"), page("known", "A long tale of tides and of gardens by the sea")
    looked = page("item", "Boats for all")
    assert judge(looked).verdict is Verdict.UP
    assert judge(looked, Siblings(nothing, something)).verdict is Verdict.GONE
    assert judge(something, Siblings(nothing, something)).verdict is Verdict.UP
    # A page put together in the browser looks like this whether the thing is there or not.
    assert judge(looked, Siblings(nothing)).verdict is Verdict.UNKNOWN
    assert judge(looked, Siblings(nothing, page("known", "Boats for all"))).verdict is Verdict.UNKNOWN


def test_every_verdict_has_one_of_the_twelve_words() -> None:
    assert set(WORDS) == set(Verdict)
    assert len(set(WORDS.values())) == 12


def test_what_is_gone_or_hidden_without_saying_which_is_unknown() -> None:
    for text in (
        "That page doesn't exist or is private.",
        "This video may be private or deleted.",
        "Ce contenu a été supprimé ou est privé.",
    ):
        assert seen(text) is Verdict.UNKNOWN


def test_what_platforms_call_limited_is_no_removal_by_their_own_rules_either() -> None:
    rows = [json.loads(line) for line in shared("takedown/platform_messages.ndjson").read_text().splitlines()]
    limited = [
        row for row in rows if row.get("state") in {"private", "geo_or_local_law", "login_required", "age", "temporary"}
    ]
    judged = [judge(Observation(AT, AT, 200, "", row["message"], provider=row["platform"])).verdict for row in limited]
    assert [row["message"] for row, verdict in zip(limited, judged, strict=True) if verdict in REMOVALS] == []


SAID = [json.loads(line) for line in Path(__file__).with_name("said.ndjson").read_text("utf-8").splitlines()]
LIMITED = {"age_or_login_wall", "geo_blocked", "private", "rate_limited", "suspended_temporarily"}
TAKEN_DOWN = {"removed_by_provider", "account_gone", "deleted_by_owner"}


def test_how_thirty_sites_speak_in_two_dozen_languages_is_understood() -> None:
    judged = [(case, WORDS[judge(read_record(case)).verdict]) for case in SAID]
    assert [(case["text"][:60], word) for case, word in judged if word not in case["verdict"]] == []
    assert sum(bool(LIMITED & {*case["verdict"]}) for case in SAID) > 80


def test_none_of_them_that_limits_who_may_look_is_a_removal_at_a_host_nobody_knows() -> None:
    limited = [case for case in SAID if LIMITED & {*case["verdict"]} and not TAKEN_DOWN & {*case["verdict"]}]
    elsewhere = [case | {"url": "https://a.example/1", "final_url": "https://a.example/1"} for case in limited]
    wrong = [case["text"][:60] for case in elsewhere if judge(read_record(case)).verdict in REMOVALS]
    assert wrong == []

"""What a provider's staff see and do: their notices, answers to one or thousands, a threat to life. Scoped by their key."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from cautery.channels.mail import FORM_BYTES, Attached
from cautery.core.errors import CauteryError, NotAllowed, Refused
from cautery.core.instruments.reference import file_name
from cautery.directory.actions import use_link
from cautery.directory.models import ProviderKey
from cautery.directory.queries import provider_access, provider_session
from cautery.fetch import clock
from cautery.track.actions import ANSWERS, Said
from cautery.track.desk.actions import answer_many, hand_over, report_threat, show
from cautery.track.desk.queries import FIELDS, Wanted, art_7, one_row, pages_of, rows_of
from cautery.track.forms.actions import give_file
from cautery.track.forms.queries import ANNEXES, annex, annex_pdf, issued_form, issued_pdf
from cautery.web.access import error_page
from cautery.web.exports import Echo, cell
from cautery.web.labels import ANSWERS as WORDS

SESSION = "provider_key"
PAGE = 100
View = Callable[..., HttpResponseBase]


def inside(view: View) -> View:
    """Guard a view: a session begun with a key that still opens; the view gets the key. Nothing shown is kept in a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            key = provider_session(int(request.session.get(SESSION, 0)), clock().now())
        except NotAllowed:
            return redirect("provider:enter")
        try:
            response = view(request, *args, key=key, **kwargs)
        except CauteryError as error:
            response = error_page(request, error)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def enter(request: HttpRequest) -> HttpResponse:
    """Enter with a key."""
    problem = ""
    if request.method == "POST":
        try:
            return _begin(request, provider_access(request.POST.get("key", "").strip(), clock().now()))
        except NotAllowed as error:
            problem = error.message
    return render(request, "web/provider/enter.html", {"problem": problem}, status=403 if problem else 200)


def follow_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A link is used up by its button, not by being looked at: programs that read mail follow links."""
    if request.method != "POST":
        return render(request, "web/provider/enter.html", {"link": True})
    try:
        return _begin(request, use_link(secret, at=clock().now()))
    except NotAllowed as error:
        return error_page(request, error)


def _begin(request: HttpRequest, key: ProviderKey) -> HttpResponse:
    request.session.flush()
    request.session[SESSION] = key.pk
    request.session.set_expiry(8 * 3600)
    return redirect("provider:notices")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return redirect("provider:enter")


def _wanted(request: HttpRequest) -> Wanted:
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise Refused("There is no such page of the list.", reason="page")
    instrument, state, text = (
        request.GET.get(name, "")[:200].replace("\0", "") for name in ("instrument", "state", "q")
    )
    return Wanted(instrument, state, text, int(after or 0))


@require_safe
@inside
def notices(request: HttpRequest, *, key: ProviderKey) -> HttpResponse:
    """The provider's notices, filtered, a page at a time, with what answers them."""
    wanted = _wanted(request)
    rows, following = rows_of(key, wanted, PAGE)
    rows = show(key, rows, at=clock().now())
    context = {"key": key, "rows": rows, "next": following, "wanted": wanted, "answers": _choices()}
    return render(request, "web/provider/notices.html", context)


def _choices() -> list[tuple[str, str]]:
    return [(name, str(words)) for name, words in WORDS.items() if name in ANSWERS]


@require_safe
@inside
def notices_csv(request: HttpRequest, *, key: ProviderKey) -> StreamingHttpResponse:
    """The same list whole, with the SHA-256 of the media, never the media."""
    headers = {"Content-Disposition": 'attachment; filename="notices.csv"'}
    return StreamingHttpResponse(_lines(key, _wanted(request)), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(key: ProviderKey, wanted: Wanted) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(FIELDS)
    now = clock().now()
    for row in (row for page in pages_of(key, wanted) for row in show(key, page, at=now)):
        yield writer.writerow([cell(" ".join(row[f]) if f == "sha256" else row[f]) for f in FIELDS])


@require_POST
@inside
def answers(request: HttpRequest, *, key: ProviderKey) -> HttpResponse:
    """Answer what was ticked, or all that the filter shows (`all=1`)."""
    answer, reason, now = request.POST.get("answer", ""), request.POST.get("reason", ""), clock().now()
    keys = request.POST.getlist("key")
    if request.POST.get("all"):
        keys = [row["idempotency_key"] for page in pages_of(key, _wanted(request)) for row in page]
    said = [Said(one, answer, now.isoformat(), reason) for one in keys]
    problems = [
        problem
        for start in range(0, len(said), PAGE * 10)
        for problem in answer_many(key, said[start : start + PAGE * 10], source="desk", at=now)
    ]
    context = {"taken": len(said) - len(problems), "problems": problems[:50], "key": key}
    return render(request, "web/provider/answered.html", context)


@require_POST
@inside
def threat(request: HttpRequest, *, key: ProviderKey) -> HttpResponse:
    """Report an imminent threat to life."""
    report_threat(key, request.POST.dict(), at=clock().now())
    return render(request, "web/provider/answered.html", {"threat": True, "key": key})


@require_safe
@inside
def notice(request: HttpRequest, reference: str, *, key: ProviderKey) -> HttpResponse:
    """One notice with its clocks."""
    now = clock().now()
    hand_over(key, [reference], at=now)
    return render(request, "web/provider/notice.html", {"row": one_row(key, reference, now), "key": key})


@require_safe
@inside
def order_form(request: HttpRequest, reference: str, *, key: ProviderKey) -> HttpResponse:  # noqa: ARG001
    """An order as its machine form; whoever takes it has received the order."""
    document = issued_form(key, reference)
    hand_over(key, [reference], at=clock().now())
    return _attachment(document.to_json(), "application/json", f"{file_name(reference)}.json")


@require_safe
@inside
def order_pages(request: HttpRequest, reference: str, *, key: ProviderKey) -> HttpResponse:  # noqa: ARG001
    """An order as it was printed and signed; whoever takes it has received the order."""
    pdf = issued_pdf(key, reference)
    hand_over(key, [reference], at=clock().now())
    return _attachment(pdf, "application/pdf", f"{file_name(reference)}.pdf")


def _attachment(data: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=kind, headers=headers)


@require_safe
@inside
def annex_file(request: HttpRequest, reference: str, number: str, *, key: ProviderKey) -> HttpResponse:  # noqa: ARG001
    """Annex II or III as JSON."""
    if number not in ANNEXES:
        raise Refused("There is no such annex.", reason="annex")
    document, _ = annex(key, reference, number)
    return JsonResponse(document.as_dict())


@require_safe
@inside
def annex_pages(request: HttpRequest, reference: str, number: str, *, key: ProviderKey) -> HttpResponse:
    """The same as pages, with the machine form attached; `?language=` where another than the order's is wanted."""
    if number not in ANNEXES:
        raise Refused("There is no such annex.", reason="annex")
    document, found = annex(key, reference, number, request.GET.get("language", "")[:8])
    return _attachment(annex_pdf(document, found, clock().now()), "application/pdf", f"annex-{number}.pdf")


@require_POST
@inside
def give_form(request: HttpRequest, reference: str, *, key: ProviderKey) -> HttpResponse:
    """Take an Annex II or III, or a statement of reasons, as JSON or as a PDF that carries its machine form."""
    given = request.FILES.get("form")
    if given is None or (given.size or 0) > FORM_BYTES:
        raise Refused("Choose a JSON or PDF file of at most 16 MB.", reason="form")
    found = give_file(key, reference, Attached(given.name or "", given.read()), at=clock().now())
    return render(request, "web/provider/answered.html", {"forms": [one.as_dict() for one in found], "key": key})


@require_safe
@inside
def figures(request: HttpRequest, year: int, *, key: ProviderKey) -> HttpResponse:  # noqa: ARG001
    """The figures of Art 7 that are known here."""
    return JsonResponse(art_7(key, min(max(year, 2000), 2200)))

"""One outlet, one domain, one provider: what the register has of it, what became of it, whom to write to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.custody.actions import consult
from cautery.directory.queries import providers as providers_by_slug
from cautery.fetch import clock
from cautery.report.dossier.outlets import domain_page, outlet_page
from cautery.report.register.providers import provider_facts
from cautery.web.access import needs


@needs(Permission.INTAKE_ITEM_READ)
def outlet(request: HttpRequest, provider: str, name: str, *, by: Actor) -> HttpResponse:
    """An account or channel with what belongs to it."""
    found = outlet_page(provider, name, by=by)
    consult([f"outlet:{provider}/{name}"], by=by, at=clock().now(), why="looked at in the register")
    return render(request, "web/outlet.html", {"found": found})


@needs(Permission.INTAKE_ITEM_READ)
def domain(request: HttpRequest, name: str, *, by: Actor) -> HttpResponse:
    """A domain with the hosts below it, and its own life where it is watched."""
    found = domain_page(name, by=by)
    consult([f"domain:{name}"], by=by, at=clock().now(), why="looked at in the register")
    return render(request, "web/outlet.html", {"found": found})


@needs(Permission.INTAKE_ITEM_READ)
def provider_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """One provider: its contact points, its deliveries, what became of them and how fast."""
    provider = providers_by_slug().get(slug)
    if provider is None:
        raise NotFound("There is no such provider.", provider=slug)
    consult([f"provider:{slug}"], by=by, at=clock().now(), why=request.path)
    return render(request, "web/provider.html", {"facts": provider_facts(provider, by=by), "provider": provider})

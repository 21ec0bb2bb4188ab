"""A table of authorities or providers imported: row by row, once, on record, and reaching what orders are made of."""

from __future__ import annotations

import json

import pytest

from cautery.authorise.fields import contact_of
from cautery.core.actors import Actor
from cautery.core.entries import read_entries
from cautery.core.errors import NotAllowed
from cautery.custody.events import Event
from cautery.custody.models import Entry
from cautery.directory.models import Authority, Provider
from cautery.directory.queries import mail_domains
from cautery.directory.tables.actions import Imported, import_sheet
from tests import factories as make

pytestmark = pytest.mark.django_db
AUTHORITIES = "slug,name,state,roles,languages,redress_period\noffice,Office,FR,a,fr en,1 month\nother,Other,IE,b,en,\n"


def taken(table: str, by: Actor = make.SYSTEM) -> Imported:
    return import_sheet(read_entries(table.encode()), by=by, at=make.START)


def test_rows_are_added_once_and_changed_where_they_differ() -> None:
    assert taken(AUTHORITIES).added == ["office", "other"]
    assert (taken(AUTHORITIES).same, Entry.objects.filter(event=Event.DIRECTORY_ENTRIES_IMPORTED).count()) == (2, 1)
    changed = taken("slug,roles,redress_period\noffice,a d,\n")
    assert changed.changed == ["office"]
    office = Authority.objects.get(slug="office")
    assert (office.roles, office.redress_period, office.name) == (["issue", "penalties"], "1 month", "Office")


def test_a_row_that_does_not_hold_costs_itself_alone() -> None:
    found = taken("slug,name,state,roles,phone\na,A,FR,a,\nnew,,FR,a,\nb,B,FR,a," + "1" * 61 + "\nc,C,ZZ,a,\n")
    assert found.added == ["a"]
    assert [(row.fields["line"], row.reason) for row in found.refused] == [
        (3, "lacking"),
        (4, "invalid"),
        (5, "not_a_state"),
    ]
    assert json.dumps(found.as_dict())


def test_contact_points_of_a_provider_are_what_orders_and_mail_go_by() -> None:
    make.provider("vid", email="abuse@vid.example")
    table = (
        "slug,home_state,legal_representative,contact_points,languages\nvid,IE,Rep Ltd,tco@law.example (its terms),de\n"
    )
    assert taken(table).changed == ["vid"]
    provider = Provider.objects.get(slug="vid")
    assert (provider.home_state, provider.legal_representative, provider.languages) == ("IE", "Rep Ltd", ["de"])
    assert contact_of(provider) == "tco@law.example"
    assert mail_domains(provider) == {"vid.example", "law.example"}
    assert taken(table).same == 1


def test_only_who_may_imports() -> None:
    with pytest.raises(NotAllowed):
        taken(AUTHORITIES, by=make.actor("reviewer", "review"))

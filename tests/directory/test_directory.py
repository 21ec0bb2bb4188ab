"""Who is who: imports, roles, tokens."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cautery.core.actors import Permission
from cautery.core.errors import NotAllowed, RowRefused
from cautery.custody.models import Entry
from cautery.directory.actions import import_directory, token_digest
from cautery.directory.models import ApiToken, Officer, ProviderKey
from cautery.directory.queries import actor_by_token, provider_access, provider_by_handle
from cautery.directory.roles import PERMISSIONS, Role, permissions_of
from tests import factories as make

pytestmark = pytest.mark.django_db
UNIT = {"slug": "fr-pharos", "name": "Pharos", "state": "FR"}


def bring(**row: object) -> dict[str, int]:
    officer = {"id": str(uuid4()), "name": "A. Person", "unit": "fr-pharos", "roles": ["flag"]} | row
    return import_directory({"units": [UNIT], "officers": [officer]}, by=make.SYSTEM, at=make.START)


def test_a_token_names_its_officer_and_only_its_digest_is_kept() -> None:
    bring(token="specimen-token", username="flagger")
    assert actor_by_token("specimen-token").name == f"officer:{Officer.objects.get().pk}"
    assert ApiToken.objects.get().digest == token_digest("specimen-token") != "specimen-token"
    assert not any("specimen-token" in body for body in Entry.objects.values_list("body", flat=True))


def test_an_unknown_a_revoked_and_a_dismissed_officer_s_token_are_refused() -> None:
    bring(token="specimen-token")
    for token in ("", "another", "specimen-token "):
        with pytest.raises(NotAllowed):
            actor_by_token(token)
    Officer.objects.update(is_active=False)
    with pytest.raises(NotAllowed):
        actor_by_token("specimen-token")
    Officer.objects.update(is_active=True)
    ApiToken.objects.update(revoked_at=make.START)
    with pytest.raises(NotAllowed):
        actor_by_token("specimen-token")


@pytest.mark.parametrize(
    ("row", "reason"),
    [({"roles": ["review", "sign"]}, "both_keys"), ({"roles": ["wizard"]}, "role"), ({"unit": "nowhere"}, "unit")],
)
def test_what_cannot_be_is_refused_and_nothing_of_the_document_is_kept(row: dict[str, object], reason: str) -> None:
    with pytest.raises(RowRefused) as refused:
        bring(**row)
    assert refused.value.reason == reason
    assert not Officer.objects.exists()


def test_a_reviewer_made_a_signer_in_a_second_document_holds_one_role() -> None:
    key = str(uuid4())
    bring(id=key, roles=["review"])
    bring(id=key, roles=["sign"])
    with pytest.raises(RowRefused):
        bring(id=key, roles=["sign", "review"])
    assert Officer.objects.get().roles == ["sign"]


def test_a_token_belongs_to_one_officer() -> None:
    bring(token="specimen-token")
    with pytest.raises(RowRefused):
        bring(token="specimen-token")


def test_no_role_can_decide_and_sign() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert not any(
        {Permission.REVIEW_EPISODE_DECIDE, Permission.AUTHORISE_DECISION_SIGN} <= held for held in PERMISSIONS.values()
    )
    assert permissions_of(["no-such-role"]) == frozenset()


def test_importing_again_changes_and_does_not_double() -> None:
    key = str(uuid4())
    bring(id=key, name="Before", token="specimen-token")
    bring(id=key, name="After", token="specimen-token")
    assert (Officer.objects.get().name, ApiToken.objects.count()) == ("After", 1)


def test_only_who_may_imports() -> None:
    with pytest.raises(NotAllowed):
        import_directory({}, by=make.actor("leader", "lead"), at=make.START)


def test_a_provider_is_found_by_any_of_its_handles_whatever_their_case() -> None:
    host = make.provider("hoster", rdap_handles=["ABC-1", "abc-2"])
    assert provider_by_handle(["zzz", "Abc-2"]) == host
    assert provider_by_handle([]) is None


def test_a_desk_key_in_a_document_opens_the_desk_to_its_provider_alone() -> None:
    host = make.provider(desk_key="specimen-key")
    assert provider_access("specimen-key", make.START).provider == host
    assert not any("specimen-key" in body for body in Entry.objects.values_list("body", flat=True))
    make.provider(desk_key="specimen-key")
    assert ProviderKey.objects.count() == 1
    with pytest.raises(RowRefused) as refused:
        make.provider("vimeo", desk_key="specimen-key")
    assert refused.value.reason == "token"

"""Write what officers prove who they are with, where they are signed in, and how they come in the first time.

An officer changes what is their own; only an invitation is given by somebody else, and the log names whom.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from cautery.core import otp
from cautery.core.actors import Actor, Permission, system
from cautery.core.countries import state_code
from cautery.core.errors import MovedMeanwhile, NotAllowed, NotFound, Refused
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.actions import import_directory, note_key, token_digest
from cautery.directory.models import Officer, Unit
from cautery.directory.people.models import CodeApp, Identity, Invitation, Passkey, RecoveryCode, SamlQuestion, Session
from cautery.directory.people.passkeys import Made
from cautery.directory.people.vault import seal, unseal
from cautery.directory.roles import Role

CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of recovery codes: none that is taken for another. Ten of them are 49 bits."""
INVITATION_LASTS = timedelta(hours=72)
MOST_PASSKEYS = 20
QUESTION_LASTS = timedelta(minutes=10)
ONCE = "This link was used before, or is over. Ask whoever administers the register for a new one."


def begin_code_app(*, by: Actor, at: datetime) -> bytes:
    """A new key for an app that makes codes; it opens nothing until a first code proved that the app has it."""
    key = otp.new_key()
    with transaction.atomic():
        if CodeApp.objects.filter(officer=_own(by), proved_at__isnull=False).exists():
            raise MovedMeanwhile("There is a code app already; remove it first.", what="code_app")
        CodeApp.objects.update_or_create(
            officer_id=_own(by), defaults={"secret": seal(key), "step": -1, "made_at": at, "used_at": None}
        )
    return key


def prove_code_app(code: str, *, by: Actor, at: datetime, now: float) -> None:
    """The first code of a new app; `Refused` when it is not one of its."""
    with transaction.atomic():
        app = CodeApp.objects.filter(officer=_own(by), proved_at=None).first()
        step = otp.matching_step(unseal(bytes(app.secret)), code, now=now) if app is not None else None
        if step is None:
            raise Refused("That is not the code the app shows now.", reason="code")
        CodeApp.objects.filter(officer=_own(by)).update(step=step, proved_at=at, used_at=at)
        _log(Event.DIRECTORY_FACTOR_ADDED, by, at, kind="code_app")


def forget_code_app(*, by: Actor, at: datetime) -> None:
    """The app opens nothing any more."""
    with transaction.atomic():
        gone, _ = CodeApp.objects.filter(officer=_own(by)).delete()
        if gone:
            _log(Event.DIRECTORY_FACTOR_REMOVED, by, at, kind="code_app")


def use_code(officer: UUID, code: str, *, at: datetime, now: float) -> bool:
    """Whether this is a code of the officer's app that was not used before; it is used then."""
    app = CodeApp.objects.filter(officer=officer, proved_at__isnull=False).first()
    step = otp.matching_step(unseal(bytes(app.secret)), code, now=now, after=app.step) if app is not None else None
    if step is None:
        return False
    return bool(CodeApp.objects.filter(officer=officer, step__lt=step).update(step=step, used_at=at))


def make_recovery_codes(*, by: Actor, at: datetime) -> list[str]:
    """Ten codes for paper, shown this once; those from before are over."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(officer=_own(by)).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(officer_id=_own(by), digest=_recovery(_own(by), code)) for code in codes
        )
        _log(Event.DIRECTORY_FACTOR_ADDED, by, at, kind="recovery_codes", number=CODES)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def use_recovery_code(officer: UUID, code: str, *, at: datetime) -> bool:
    """Whether this is a code of the officer's paper that was not used before; it is used then."""
    plain = "".join(letter for letter in code.casefold() if letter in LETTERS)
    found = RecoveryCode.objects.filter(officer=officer, digest=_recovery(officer, plain), used_at=None)
    return bool(found.update(used_at=at))


def add_passkey(made: Made, name: str, *, by: Actor, at: datetime) -> Passkey:
    """Keep a passkey that the officer just made."""
    name = " ".join(name.split())[:100] or "Passkey"
    try:
        with transaction.atomic():
            if Passkey.objects.filter(officer=_own(by)).count() >= MOST_PASSKEYS:
                raise Refused("There are too many passkeys; remove one first.", reason="passkeys")
            row = Passkey.objects.create(
                officer_id=_own(by), name=name, key=made.key, credential=made.credential, count=made.count, made_at=at
            )
            _log(Event.DIRECTORY_FACTOR_ADDED, by, at, kind="passkey", passkey=row.pk)
    except IntegrityError as error:
        raise MovedMeanwhile("This passkey is known already.", what="passkey") from error
    return row


def forget_passkey(passkey: int, *, by: Actor, at: datetime) -> None:
    """It opens nothing any more."""
    with transaction.atomic():
        gone, _ = Passkey.objects.filter(pk=passkey, officer=_own(by)).delete()
        if not gone:
            raise NotFound("There is no such passkey.", passkey=passkey)
        _log(Event.DIRECTORY_FACTOR_REMOVED, by, at, kind="passkey", passkey=passkey)


def use_passkey(passkey: Passkey, count: int, *, at: datetime) -> None:
    """Note that it was used. A counter that does not grow is that of a copy: `Refused` (WebAuthn 3, section 6.1.1)."""
    known = Passkey.objects.filter(pk=passkey.pk)
    fresh = known if count == 0 else known.filter(count__lt=count)
    if (count == 0 and passkey.count > 0) or not fresh.update(count=count, used_at=at):
        raise Refused("This passkey answered like a copy of another. Remove it and make a new one.", reason="copied")


def change_password(officer: Officer, old: str, new: str, *, by: Actor, at: datetime) -> None:
    """The officer's own password, anew; `Refused` when the old one is wrong or the new one is weak."""
    if officer.pk != _own(by) or (officer.has_usable_password() and not officer.check_password(old)):
        raise Refused("The password you have now is another one.", reason="password")
    with transaction.atomic():
        _set_password(officer, new)
        record(Event.DIRECTORY_PASSWORD_SET, by=by, at=at, subject=f"officer:{officer.pk}", facts={"own": True})


def note_begun(proofs: Sequence[str], *, by: Actor, at: datetime, now: datetime) -> None:
    """A session began: the log says whose, and what it was opened with. Sessions over by the machine's clock (`now`) go."""
    with transaction.atomic():
        _log(Event.DIRECTORY_SESSION_BEGUN, by, at, proofs=sorted(proofs))
        Session.objects.filter(expire_date__lt=now).delete()


def note_ended(*, by: Actor, at: datetime) -> None:
    """The officer signed out."""
    with transaction.atomic():
        _log(Event.DIRECTORY_SESSIONS_ENDED, by, at, number=1)


def end_sessions(keys: Sequence[str], *, by: Actor, at: datetime) -> int:
    """End sessions of the officer's own, at once; how many were there."""
    with transaction.atomic():
        gone, _ = Session.objects.filter(officer=_own(by), session_key__in=list(keys)).delete()
        if gone:
            _log(Event.DIRECTORY_SESSIONS_ENDED, by, at, number=gone)
    return gone


def link_identity(issuer: str, subject: str, *, by: Actor, at: datetime) -> None:
    """Let this officer in who is `subject` at `issuer`; `MovedMeanwhile` when that is somebody else already."""
    try:
        with transaction.atomic():
            mine = Identity.objects.filter(officer=_own(by), issuer=issuer)
            if mine.filter(subject=subject).exists():
                return
            mine.delete()
            Identity.objects.create(officer_id=_own(by), issuer=issuer, subject=subject, made_at=at)
            _log(Event.DIRECTORY_FACTOR_ADDED, by, at, kind="identity", issuer=issuer)
    except IntegrityError as error:
        raise MovedMeanwhile("Another officer is known by this account.", what="identity") from error


def forget_identity(identity: int, *, by: Actor, at: datetime) -> None:
    """This account at the identity provider lets nobody in any more."""
    with transaction.atomic():
        gone, _ = Identity.objects.filter(pk=identity, officer=_own(by)).delete()
        if gone:
            _log(Event.DIRECTORY_FACTOR_REMOVED, by, at, kind="identity")


def ask_saml(relay: str, request: str, consumer: str, *, now: datetime) -> None:
    """Note a question to the identity provider for ten minutes of the machine's clock; those that are over go."""
    with transaction.atomic():
        SamlQuestion.objects.filter(until__lte=now).delete()
        SamlQuestion.objects.create(
            relay=token_digest(relay), request=request, consumer=consumer, until=now + QUESTION_LASTS
        )


def answer_saml(relay: str, who: Mapping[str, Any], *, now: datetime) -> str:
    """Keep the answer to a question, once: the ticket for the browser that brought it. `Refused` for a second answer."""
    ticket = secrets.token_urlsafe(32)
    waiting = SamlQuestion.objects.filter(relay=token_digest(relay), ticket="", until__gt=now)
    if not waiting.update(ticket=token_digest(ticket), answer=dict(who)):
        raise Refused("This was answered before, or took too long. Try again.", reason="answered")
    return ticket


def take_saml(relay: str, ticket: str, *, now: datetime) -> dict[str, Any]:
    """The answer, once, for who asked (`relay`) and brought it (`ticket`); `Refused` when those are not one browser."""
    with transaction.atomic():
        mine = SamlQuestion.objects.filter(relay=token_digest(relay), ticket=token_digest(ticket), until__gt=now)
        answer: dict[str, Any] | None = mine.values_list("answer", flat=True).first()
        gone, _ = mine.delete()
    if answer is None or not gone:
        raise Refused("This answer belongs to another question.", reason="ticket")
    return answer


SET_UP = system("set-up", Permission.DIRECTORY_ENTRY_IMPORT)
"""Who acts while there is nobody yet: whoever has the token of the terminal (people/first.py)."""


def set_up_unit(slug: str, name: str, state: str, email: str, *, by: Actor, at: datetime) -> None:
    """The first unit."""
    if not slug or not name.strip() or len(state.strip()) != 2:
        raise Refused("A unit has a name, a short name, and a state of two letters.", reason="unit")
    code = state_code(state)
    if code is None:
        raise Refused("No state has this code; ISO 3166 has FR for France, say.", reason="state", state=state[:2])
    row = {"slug": slug, "name": name.strip(), "state": code, "email": email}
    import_directory({"units": [row]}, by=by, at=at)


def set_up_officers(people: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime) -> list[tuple[Officer, str]]:
    """The first officers ({name, username, roles}), each with the secret of a link; `MovedMeanwhile` once anybody is there.

    At least two of them lead, for an operation is released by two keys.
    """
    unit = Unit.objects.order_by("pk").first()
    if unit is None:
        raise Refused("The unit comes first.", reason="unit")
    leaders = [person for person in people if Role.LEAD in person["roles"]]
    names = [person["username"] for person in people]
    if len(leaders) < 2 or not all(person["name"] and person["username"] for person in people):
        raise Refused("Two people who lead are needed, each with a name and a user name.", reason="leaders")
    if len(set(names)) < len(names):
        raise Refused("Each user name belongs to one person.", reason="username")
    with transaction.atomic():
        if Officer.objects.exists():
            raise MovedMeanwhile("The first officers are there already.", what="officers")
        rows = [{"id": str(uuid4()), "unit": unit.slug, **person} for person in people]
        import_directory({"officers": rows}, by=by, at=at)
        found = {officer.username: officer for officer in Officer.objects.all()}
        return [(found[name], invite(name, by=by, at=at)) for name in names]


def note_set_up(*, by: Actor, at: datetime) -> None:
    """The set-up is done; the caller closes it. `Refused` before there are people."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    number = Officer.objects.count()
    if number < 2:
        raise Refused("There are no two people yet.", reason="leaders")
    with transaction.atomic():
        record(Event.DIRECTORY_REGISTER_SET_UP, by=by, at=at, subject="directory", facts={"officers": number})


def invite(username: str, *, by: Actor, at: datetime, anew: bool = False) -> str:
    """A link's secret for 72 hours, shown this once, by which an officer chooses a password; earlier ones are over.

    `anew` for who lost their second factor: what they had ends when the link is used. Whoever invites is noted with the
    officer's key, so that nobody lets in both signers of a notice.
    """
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        officer = Officer.objects.filter(username=username, is_active=True).first()
        if officer is None:
            raise NotFound(f"No officer {username}.", username=username)
        if by.officer_id == str(officer.pk):
            raise NotAllowed("Nobody invites themselves.", permission="invitation", actor=by.name)
        Invitation.objects.filter(officer=officer, used_at=None).delete()
        Invitation.objects.create(
            officer=officer, digest=token_digest(secret), anew=anew, made_at=at, until=at + INVITATION_LASTS
        )
        note_key(officer, by)
        subject = f"officer:{officer.pk}"
        record(Event.DIRECTORY_INVITATION_GIVEN, by=by, at=at, subject=subject, facts={"anew": anew})
    return secret


def accept(secret: str, password: str, *, at: datetime) -> Officer:
    """Use an invitation: the officer has this password now. `NotAllowed` for a link that is over, `Refused` for a weak word."""
    with transaction.atomic():
        waiting = Invitation.objects.filter(digest=token_digest(secret), used_at=None, until__gt=at)
        if not waiting.update(used_at=at):
            raise NotAllowed(ONCE, permission="link", actor="")
        invitation = Invitation.objects.select_related("officer__unit").get(digest=token_digest(secret))
        officer = invitation.officer
        if not officer.is_active:
            raise NotAllowed(ONCE, permission="link", actor="")
        if invitation.anew:
            for kept in (CodeApp, RecoveryCode, Passkey, Identity, Session):
                kept._default_manager.filter(officer=officer).delete()
        _set_password(officer, password)
        by = Actor(f"officer:{officer.pk}", officer.unit.slug, frozenset())
        _log(Event.DIRECTORY_INVITATION_USED, by, at, anew=invitation.anew)
    return officer


def _set_password(officer: Officer, password: str) -> None:
    try:
        validate_password(password, officer)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), reason="weak") from error
    officer.set_password(password)
    officer.save(update_fields=["password"])


def _own(by: Actor) -> UUID:
    """The officer whose own this is; `NotAllowed` for a step of the system."""
    if not by.officer_id:
        raise NotAllowed("Only an officer has this.", permission="own", actor=by.name)
    return UUID(by.officer_id)


def _log(event: Event, by: Actor, at: datetime, **facts: object) -> None:
    record(event, by=by, at=at, subject=by.name, facts=facts)


def _recovery(officer: UUID, code: str) -> str:
    return salted_hmac("cautery.recovery", f"{officer}:{code}", algorithm="sha256").hexdigest()

"""What a notice says, field by field, from what the register knows: the decision, the item, the addressee, the authority.

Used twice: before signing, to name what would be missing; and when the notice is issued, with the moment and the reference it then has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from cautery.core.grounds import grounds
from cautery.core.instruments import Catalogue, Finding, Problem, Read, language_for, read
from cautery.core.instruments.form import Form
from cautery.core.instruments.wording import LANGUAGES, Wording
from cautery.directory.models import Authority, Provider
from cautery.review.models import Assessment, Instrument

UNDER_TERMS = "The provider's terms of service on terrorist content and violent extremism."
INFORMED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Case:
    """All that a notice is made of. The assessment comes with episode, item, reviewer, unit and authority.

    `informed_at`: when the provider was given its first information, None for one that had an order before or in an emergency.
    """

    assessment: Assessment
    provider: Provider
    reference: str
    at: datetime
    signed_by: str
    files: Sequence[str] = ()
    home: Authority | None = None
    first: bool = False
    informed_at: datetime | None = None
    observed_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def authority(self) -> Authority | None:
        """The authority that issues the orders of the reviewer's unit."""
        return self.assessment.reviewer.unit.authority


def catalogue() -> Catalogue:
    """The instruments of this installation: the shipped ones, changed by the lawyer's folder of CAUTERY_WORDING where there is one."""
    folder = settings.WORDING
    return _changed(folder, _newest(folder)) if folder else Catalogue.default()


@lru_cache(maxsize=2)
def _changed(folder: Path, _newest: float) -> Catalogue:
    """Read anew when a file in the folder is newer than when it was read: a lawyer's change needs no restart."""
    return Catalogue.load(folder)


def _newest(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.rglob("*")), default=0.0)


def language_of(provider: Provider, catalogue: Catalogue, instrument: str) -> str:
    """The language a notice to this provider is written in: the first it declared that there is wording for, else English."""
    known = tuple(one for one in LANGUAGES if one in catalogue.get(instrument).wordings)
    return language_for(tuple(provider.languages), known)


def check(case: Case, catalogue: Catalogue, instrument: str = "") -> Read:
    """The values of a notice and what it lacks, in the addressee's language."""
    name = instrument or case.assessment.instrument
    found = catalogue.get(name)
    return check_in(found.wording(language_of(case.provider, catalogue, name)), case, found.form)


def check_in(wording: Wording, case: Case, form: Form) -> Read:
    """The same, told in the words of a language: the addressee's, or that of whoever fills it in."""
    known = _values(case, form.instrument)
    return read(form, {key: value for key, value in known.items() if key in form.fields}, wording)


def lacking(found: Read) -> list[Finding]:
    """What stands against a notice; advice does not."""
    return [finding for finding in found.findings if finding.problem != Problem.ADVISED]


def said(findings: Sequence[Finding]) -> str:
    """What is missing, in one line: field, law, why."""
    return "; ".join(f"{one.field} ({one.law}): {one.why}" for one in findings)[:1_000]


def contact_of(provider: Provider) -> str:
    """Where the provider says it is reached by mail: its published contact point, else the address the directory holds."""
    published = (str(point.get("address", "")) for point in provider.contact_points)
    return next((address for address in published if "@" in address), provider.email)


def _values(case: Case, instrument: str) -> dict[str, Any]:
    """Whatever is known, by the names all forms share; a form takes those it has."""
    made = _addressee(case) | _content(case, instrument) | _sender(case) | _orders(case) | _particular(case, instrument)
    return made | dict(case.assessment.details) | dict(case.extra)


def _addressee(case: Case) -> dict[str, Any]:
    provider = case.provider
    return {
        "addressee_name": provider.legal_name or provider.name,
        "legal_representative": provider.legal_representative,
        "contact_point": contact_of(provider) or provider.portal or provider.api_base,
        "home_state": provider.home_state,
        "home_state_basis": provider.home_state_basis,
        "reference": case.reference,
        "sent_at": case.at,
        "issued_at": case.at,
        "signed_on": case.at.date(),
        "signed_by": case.signed_by,
    }


def _content(case: Case, instrument: str) -> dict[str, Any]:
    assessment, item = case.assessment, case.assessment.episode.item
    ground = legal_ground(assessment)
    reasons = assessment.reason
    return {
        "urls": [item.url],
        "digests": list(case.files),
        "material_type": assessment.limbs,
        "considerations": reasons,
        "reasons": reasons,
        "explanation": reasons,
        "legal_ground": ground,
        "infringed_provisions": ground,
        "protected_purposes_assessed": True,
        "voluntary": instrument == Instrument.REFERRAL,
        "terms_provision": case.provider.terms_provision or UNDER_TERMS,
    }


def _sender(case: Case) -> dict[str, Any]:
    unit = case.assessment.reviewer.unit
    authority = case.authority
    mail = unit.email or (authority.email if authority else "") or settings.MAIL_FROM
    contact = (authority.feedback_contact if authority else "") or mail
    return {
        "unit_name": unit.name,
        "unit_state": unit.state,
        "unit_email": mail,
        "feedback_contact": contact,
        "notifier_name": unit.name,
        "notifier_email": mail,
        "child_abuse_offence": False,
        "trusted_flagger": False,
        "good_faith": True,
    }


def _orders(case: Case) -> dict[str, Any]:
    """What only an authority's order says; empty without one."""
    authority = case.authority
    if authority is None:
        return {}
    crosses = bool(case.provider.home_state) and case.provider.home_state != authority.state
    home = case.home
    return {
        "issuing_state": authority.state,
        "authority_kind": authority.kind,
        "authority_name": authority.name,
        "authority_address": authority.address,
        "authority_phone": authority.phone,
        "authority_fax": authority.fax,
        "authority_email": authority.email,
        "representative_name": authority.representative_name,
        "representative_post": authority.representative_post,
        "file_number": f"{case.assessment.episode.operation.slug}/{case.assessment.pk}",
        "redress_body": authority.redress_body,
        "redress_period": authority.redress_period,
        "redress_from": authority.redress_from,
        "national_provisions": authority.national_provisions,
        "nondisclosure": False,
        "cross_border": crosses,
        "copy_sent": crosses,
        "home_authority_contact": (home.feedback_contact or home.email) if home else "",
        "home_authority_name": home.name if home else "",
        "first_order": case.first,
        "first_information_sent_at": case.informed_at,
        "coordinator": authority.coordinator,
        "effect_authority": authority.name,
    }


def _particular(case: Case, instrument: str) -> dict[str, Any]:
    """What single forms ask for beyond that."""
    item, provider = case.assessment.episode.item, case.provider
    if instrument == Instrument.DOMAIN:
        return {
            "recipient_role": "host",
            "domain": urlsplit(item.url).hostname or "",
            "observed_at": case.observed_at,
            "evidence": "The page was looked up and kept; its digests are above.",
            "requested_action": "remove_content",
        }
    if instrument == Instrument.DSA_ORDER:
        language = (provider.languages or ["en"])[0]
        authority = case.authority
        redress = (
            f"{authority.redress_body}, {authority.redress_period} from {authority.redress_from}" if authority else ""
        )
        return {
            "measure": "remove",
            "order_language": language,
            "language_declared": bool(provider.languages),
            "redress_provider": redress,
            "redress_recipient": redress,
            "recipient_information": "at_effect",
        }
    return {}


def legal_ground(assessment: Assessment) -> str:
    """The ground in words, as the notice carries it: from the closed list, with the designation where one is named."""
    known = grounds()
    words = "; ".join(known[code].said() for code in assessment.grounds if code in known)
    return f"{words} ({assessment.designation})" if assessment.designation else words

"""What must hold before a second person's signature is taken: grounds, a judge's word, two separate hands, a complete notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from cautery.authorise.fields import Case, check, lacking, said
from cautery.authorise.models import Suspension, Warrant
from cautery.core.grounds import problem_of
from cautery.core.instruments import Catalogue
from cautery.core.instruments.reference import reference
from cautery.directory.models import Authority, Designation, Officer, Provider
from cautery.identify.models import Capture, Hosting
from cautery.review.models import ORDERS, Assessment, Instrument
from cautery.review.queries import files_of

OFFICE = "CTY"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is looked up once for a batch of signatures."""

    at: datetime
    signer: Officer
    catalogue: Catalogue
    hosts: Mapping[int, Provider]
    files: Mapping[int, Sequence[str]]
    seen: Mapping[int, datetime]
    homes: Mapping[str, Authority]
    warranted: frozenset[int]
    suspended: frozenset[str]
    designations: Mapping[str, list[tuple[date, date | None]]]

    def problem(self, assessment: Assessment) -> str:
        """Why this decision cannot be signed as it stands; empty where it can."""
        return (
            self._of_hands(assessment)
            or self._of_ground(assessment)
            or self._of_authority(assessment)
            or self._of_fields(assessment)
        )

    def _of_hands(self, assessment: Assessment) -> str:
        """Nobody is, or made, both signers."""
        reviewer = assessment.reviewer
        keyed = set(reviewer.keyed_by) & set(self.signer.keyed_by)
        if keyed or str(self.signer.pk) in reviewer.keyed_by or str(reviewer.pk) in self.signer.keyed_by:
            return "one officer gave the reviewer and the signer their keys"
        if assessment.instrument in self.suspended:
            return "the overseer has suspended this type of notice"
        return ""

    def _of_ground(self, assessment: Assessment) -> str:
        day = self.at.date()
        listed = [
            code
            for code, times in self.designations.items()
            if code == assessment.designation
            and any(since <= day and (end is None or day <= end) for since, end in times)
        ]
        if assessment.designation and not listed:
            return f"{assessment.designation} was not designated on {day.isoformat()}"
        return problem_of(assessment.grounds, assessment.instrument, listed, day)

    def _of_authority(self, assessment: Assessment) -> str:
        if assessment.instrument not in ORDERS:
            return ""
        authority = assessment.reviewer.unit.authority
        if authority is None or "issue" not in authority.roles:
            return "the reviewer's unit has no authority that may issue orders (Art 12(1)(a))"
        if authority.warrant_needed and assessment.pk not in self.warranted:
            return "the authority's orders need a judge's authorisation, and none in force is recorded"
        return ""

    def _of_fields(self, assessment: Assessment) -> str:
        """What the notice would lack. One whose addressee is not known yet is looked at when it is issued, unless it is an order."""
        case = self.case(assessment)
        if case is None:
            return (
                "nobody is known to host it, so that there is no addressee" if assessment.instrument in ORDERS else ""
            )
        return said(lacking(check(case, self.catalogue)))

    def case(self, assessment: Assessment) -> Case | None:
        """What its notice would be made of; None where nobody is known to host it."""
        host = self.hosts.get(assessment.episode.item_id)
        if host is None:
            return None
        return Case(
            assessment,
            host,
            reference(OFFICE, self.at, assessment.pk),
            self.at,
            self.signer.name,
            self.files.get(assessment.episode_id, ()),
            self.homes.get(host.home_state),
            informed_at=self.at - timedelta(hours=12),
            observed_at=self.seen.get(assessment.episode_id),
        )


def rules_for(assessments: Iterable[Assessment], signer: Officer, catalogue: Catalogue, at: datetime) -> Rules:
    """Look up what the signatures on these decisions depend on; a constant number of statements."""
    rows = list(assessments)
    needing = [row for row in rows if row.instrument != Instrument.REFERRAL]
    hosts = Hosting.objects.filter(item_id__in=[row.episode.item_id for row in rows]).prefetch_related("provider")
    captures = Capture.objects.filter(episode__in=[row.episode_id for row in needing])
    granted = Warrant.objects.filter(assessment__in=rows, granted_at__lte=at)
    designations: dict[str, list[tuple[date, date | None]]] = {}
    for code, since, until in Designation.objects.values_list("code", "since", "until"):
        designations.setdefault(code, []).append((since, until))
    return Rules(
        at=at,
        signer=signer,
        catalogue=catalogue,
        hosts={host.item_id: host.provider for host in hosts},
        files=files_of([row.episode_id for row in needing]),
        seen=dict(captures.values_list("episode_id", "at")),
        homes=home_authorities(),
        warranted=frozenset(granted.filter(Q(until=None) | Q(until__gte=at)).values_list("assessment_id", flat=True)),
        suspended=suspended(),
        designations=designations,
    )


def home_authorities() -> dict[str, Authority]:
    """The authority of each state that scrutinises orders (Art 12(1)(b))."""
    return {one.state: one for one in Authority.objects.order_by("-pk") if "scrutinise" in one.roles}


def suspended() -> frozenset[str]:
    """Types of notice the overseer has suspended."""
    return frozenset(Suspension.objects.filter(lifted_at=None).values_list("instrument", flat=True))

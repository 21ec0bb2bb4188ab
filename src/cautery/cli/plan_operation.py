"""What `cautery plan --operation` does: plan on a register, keep the plan, record what a person chose by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from cautery.cli.planning import Case, Outcome, planned, read_quotas
from cautery.core.actors import Actor, Permission, system
from cautery.core.errors import FileRefused, NotFound, Refused
from cautery.core.graph.waves import Quota
from cautery.directory.models import Officer
from cautery.directory.queries import actor_of
from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation
from cautery.report.models import Choice
from cautery.report.planning.actions import choose, keep_plan
from cautery.report.planning.predicting import Prediction, content, predict
from cautery.report.planning.queries import last_plan
from cautery.report.planning.register import Register, read_register

ACTOR = system(
    "plan", Permission.INTAKE_OPERATION_READ, Permission.REPORT_OPERATION_READ, Permission.REPORT_PLAN_CHOOSE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a plan on a register; `at` as the register stood then (ISO 8601), now without."""

    operation: str
    at: str | None
    per_provider: Path | None
    budget: int | None
    seconds: float | None
    seed: int
    draws: int
    per_hour: int | None
    keep: bool


def plan_operation(asked: Asked) -> tuple[Outcome, dict[str, Any]]:
    """The plan and what is said of the register beside it; kept, where that is asked."""
    operation = get_operation(asked.operation, by=ACTOR)
    as_of = _moment(asked.at) if asked.at else clock().now()
    quotas = read_quotas(asked.per_provider) if asked.per_provider else {}
    register = read_register(operation, as_of)
    made = predict(register, asked.budget, quotas, asked.seed, asked.seconds)
    case = _case(register, made, quotas)
    outcome = planned(case, made.size, asked.seconds, asked.seed, asked.draws, asked.per_hour, made.plan)
    kept = _kept(operation, register, made, as_of) if asked.keep else None
    beside = {
        "as_of": as_of.isoformat(),
        "protected": len(register.protected),
        "gone": len(register.gone),
        "left_out": register.left_out,
        "promised": made.promised,
        "plan_id": kept,
        "items": [register.items[node] for node in outcome.acted],
    }
    return outcome, beside


def _kept(operation: Operation, register: Register, made: Prediction, as_of: datetime) -> int:
    held = content(register, made, as_of)
    return int(keep_plan(operation, held, as_of=as_of, by=ACTOR, at=clock().now()).pk)


def _case(register: Register, made: Prediction, quotas: dict[str, Quota]) -> Case:
    names = sorted(set(register.providers))
    number = {name: place for place, name in enumerate(names)}
    return Case(
        network=made.network,
        labels=register.labels,
        problems=[],
        protected=np.array(register.protected, np.int64),
        gone=np.array(register.gone, np.int64),
        groups=made.groups,
        providers=np.array([number[name] for name in register.providers], np.int64),
        counted=None,
        flags=np.array(register.flags, np.int64),
        quotas={number[name]: Quota(None, quota.in_all) for name, quota in quotas.items() if name in number},
    )


def said(beside: dict[str, Any]) -> str:
    """What is said of the register, for people."""
    lines = [
        (
            f"The register as of {beside['as_of']}: {beside['protected']:,} nodes are not to be acted on, {beside['gone']:,} are gone, "
            f"{beside['left_out']:,} items have no known owner and are left out."
        )
    ]
    if beside["plan_id"]:
        lines.append(f"Kept as plan {beside['plan_id']}.")
    return "\n".join(lines)


def record_choice(operation: str, file: Path, reason: str, officer: str) -> Choice:
    """Record the choice of an officer by the plan kept last: item numbers, one a line, the first to work on at the top."""
    by = _officer(officer)
    plan = last_plan(get_operation(operation, by=by), by=by)
    words = [line.strip() for line in _text(file).splitlines() if line.strip() and not line.startswith("#")]
    bad = next((word for word in words if not word.isdigit()), None)
    if bad is not None:
        raise Refused(f"{bad[:40]!r} is no number of an item.", reason="no_item")
    return choose(plan.pk, [int(word) for word in words], reason, by=by, at=clock().now())


def _officer(username: str) -> Actor:
    found = Officer.objects.select_related("unit").filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(f"No officer {username}.", officer=username)
    return actor_of(found)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{file} cannot be read: {error}.", reason="unreadable") from error


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text!r} is no moment; write 2027-03-02T19:24:00+00:00.", reason="bad_moment") from error
    if found.tzinfo is None:
        raise Refused(f"{text!r} has no time zone.", reason="bad_moment")
    return found

"""Keep a plan, and record what people chose by it. A plan is advice; the choice and its reasons are on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, Refused
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.models import Operation
from cautery.report.models import Choice, Plan
from cautery.report.planning.register import read_register
from cautery.review.queue.actions import set_order


def keep_plan(operation: Operation, content: Mapping[str, Any], *, as_of: datetime, by: Actor, at: datetime) -> Plan:
    """Keep what was planned, with its order in the log, before anybody can know what came of it."""
    by.require(Permission.REPORT_PLAN_CHOOSE)
    with transaction.atomic():
        kept = Plan.objects.create(operation=operation, as_of=as_of, made_at=at, by=by.name, content=dict(content))
        rows = [{"item": content["items"][node]} for node in content["order"]]
        facts = {"plan": kept.pk, "as_of": as_of.isoformat(), "promised": content["promised"]}
        record(Event.REPORT_PLAN_MADE, by=by, at=at, subject=f"operation:{operation.slug}", facts=facts, rows=rows)
    return kept


def choose(plan_id: int, items: Sequence[int], reason: str, *, by: Actor, at: datetime) -> Choice:
    """Record what a person chose of a plan, in their order of work, and why; the review queue goes by it from now on.

    `Refused` without a reason, and on items that the plan does not allow: protected then or since, gone, or not of its operation.
    """
    by.require(Permission.REPORT_PLAN_CHOOSE)
    plan = Plan.objects.select_related("operation").filter(pk=plan_id).first()
    if plan is None:
        raise NotFound(f"No plan {plan_id}.", plan=plan_id)
    if not reason.strip():
        raise Refused("A choice needs its reason.", reason="no_reason")
    allowed = {plan.content["items"][node] for node in plan.content["order"]}
    standing = read_register(plan.operation, at)
    allowed -= {standing.items[node] for node in standing.protected}
    chosen = list(dict.fromkeys(items))
    if not chosen or not allowed.issuperset(chosen):
        beyond = [item for item in chosen if item not in allowed][:5]
        raise Refused(f"The plan does not allow {beyond or 'nothing'}.", reason="not_in_the_plan", items=beyond)
    with transaction.atomic():
        made = Choice.objects.create(plan=plan, items=chosen, reason=reason, by=by.name, at=at)
        set_order(plan.operation, chosen, by=by)
        rows = [{"item": item, "place": place} for place, item in enumerate(chosen, 1)]
        facts = {"plan": plan.pk, "choice": made.pk, "reason": reason, "items": len(chosen)}
        subject = f"operation:{plan.operation.slug}"
        record(Event.REPORT_PLAN_CHOSEN, by=by, at=at, subject=subject, facts=facts, rows=rows)
    return made

"""The published JSON Schema (draft 2020-12) of each machine form."""

from __future__ import annotations

from typing import Any

from cautery.core.instruments.document import FORMAT
from cautery.core.instruments.form import ALWAYS, Field, Form, When
from cautery.core.instruments.kinds import KINDS
from cautery.core.instruments.wording import LANGUAGES, Wording


def schema(form: Form, wording: Wording) -> dict[str, Any]:
    """The schema of a form's documents; labels and law as its descriptions. Rules between times are left to validation."""
    properties = {field.id: _property(field, wording) for field in form.fields.values()}
    conditions = [_condition(field, field.need) for field in form.fields.values() if _conditional(field)]
    fields: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": [field.id for field in form.fields.values() if field.need is ALWAYS],
        "additionalProperties": False,
    }
    if conditions:
        fields["allOf"] = conditions
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cautery:notice:{form.instrument}:{form.version}",
        "title": wording.title,
        "description": form.law,
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "instrument": {"const": form.instrument},
            "form": {"const": form.version},
            "language": {"enum": list(LANGUAGES)},
            "fields": fields,
            "signature": {
                "type": "string",
                "description": "Detached CMS over the document without it (RFC 8785), base64.",
            },
        },
        "required": ["format", "instrument", "form", "language", "fields"],
        "additionalProperties": False,
    }


def _property(field: Field, wording: Wording) -> dict[str, Any]:
    words = wording.field(field.id)
    check = " (check)" if field.check else ""
    return {"title": words.label, "description": f"{field.law}{check}: {words.why}"} | KINDS[field.kind].schema(
        field.limits
    )


def _conditional(field: Field) -> bool:
    # That two fields differ is beyond JSON Schema: validation says it.
    return field.need not in (None, ALWAYS) and not (field.need and field.need.differs)


def _condition(field: Field, when: When | None) -> dict[str, Any]:
    case = _case(when) if when else {}
    if when and when.unless:
        case = {"allOf": [case, {"not": _case(when.unless)}]}
    return {"if": case, "then": {"required": [field.id]}}


def _case(when: When) -> dict[str, Any]:
    """A condition without what lifts it."""
    if when.given is not None:
        return {"required": [when.field]} if when.given else {"not": {"required": [when.field]}}
    words = {"enum": list(when.values)}
    return {
        "required": [when.field],
        "properties": {when.field: {"anyOf": [words, {"type": "array", "contains": words}]}},
    }

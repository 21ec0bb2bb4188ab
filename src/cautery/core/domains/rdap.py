"""RDAP answers (RFC 9083) as they come: nested entities, jCards that are not quite jCards, errors in place of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .dates import read_date
from .record import DomainRecord, State
from .states import from_status, marked, plain

DEPTH = 8
CREATED = ("registration", "reregistration")
EXPIRES = ("expiration", "registrar expiration", "soft expiration")


def read_rdap(answer: Mapping[str, Any]) -> DomainRecord:
    """What one RDAP object says. An error of 404 is `available`; every other error, and what is no domain, is `unknown`."""
    if "errorCode" in answer or ("title" in answer and "objectClassName" not in answer and "handle" not in answer):
        return _error(answer)
    domain = _name(answer.get("ldhName")) or _name(answer.get("unicodeName"))
    status = tuple(plain(one) for one in _texts(answer.get("status")))
    entities = list(_entities(answer.get("entities")))
    servers = tuple(dict.fromkeys(_nameservers(answer.get("nameservers"))))
    events = _events(answer.get("events"))
    state, ground = _state(answer, domain, status, servers, events)
    return DomainRecord(
        domain=domain,
        state=state,
        ground=ground,
        status=status,
        registrar=_registrar(entities),
        abuse_email=_abuse(entities),
        created=_first(events, CREATED[:1]),
        expires=_first(events, EXPIRES),
        updated=_first(events, ("last changed",)),
        nameservers=servers,
        marks=tuple(_marks(entities)),
    )


def _error(answer: Mapping[str, Any]) -> DomainRecord:
    code = answer.get("errorCode")
    said = str(answer.get("title") or "an error")[:80]
    number = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdigit()) else 0
    if number == 404:
        return DomainRecord("", State.AVAILABLE, f"404, {said}")
    return DomainRecord("", State.UNKNOWN, f"{number or 'error'}, {said}: it says nothing of the domain")


def _state(
    answer: Mapping[str, Any],
    domain: str,
    status: tuple[str, ...],
    servers: tuple[str, ...],
    events: dict[str, datetime],
) -> tuple[State, str]:
    kind = str(answer.get("objectClassName") or "").lower()
    if kind not in {"", "domain"} or not (domain or kind == "domain"):
        return State.UNKNOWN, f"this is no domain but {kind or 'something else'}"
    state = from_status(status)
    if state is not State.REGISTERED:
        return state, "status " + ", ".join(status)
    if "deletion" in events and "expiration" not in events and "inactive" in {one.lower() for one in status}:
        return State.DROPPED, f"deleted on {events['deletion'].date()}"
    sign, why = marked(state, servers, _remarks(answer))
    return sign, why or ("status " + ", ".join(status) if status else "the registry has it")


def _remarks(answer: Mapping[str, Any]) -> str:
    parts = [part for part in _list(answer.get("remarks")) if isinstance(part, Mapping)]
    return " ".join(text for part in parts for text in _texts(part.get("description")))


def _entities(
    found: Any, depth: int = 0
) -> Iterator[tuple[frozenset[str], dict[str, list[str]], Mapping[str, Any], frozenset[str]]]:
    """Every entity with its roles, what its card says, itself, and the roles of those it stands under."""
    yield from _below(found, frozenset(), depth)


def _below(
    found: Any, above: frozenset[str], depth: int
) -> Iterator[tuple[frozenset[str], dict[str, list[str]], Mapping[str, Any], frozenset[str]]]:
    for entity in _list(found):
        if not isinstance(entity, Mapping) or depth > DEPTH:
            continue
        roles = frozenset(role.lower() for role in _texts(entity.get("roles")))
        yield roles, card(entity), entity, above
        yield from _below(entity.get("entities"), above | roles, depth + 1)


def card(entity: Mapping[str, Any]) -> dict[str, list[str]]:
    """Texts of a jCard (RFC 7095) by property: arrays too deep or too short, objects and missing types are read as far as they go.

    Also a `jscard` (RFC 9553), which newer servers send.
    """
    found: dict[str, list[str]] = {}
    array = entity.get("vcardArray")
    for properties in _list(array):
        for entry in _list(properties):
            if isinstance(entry, list) and len(entry) >= 2 and isinstance(entry[0], str):
                for value in entry[3:] if len(entry) > 3 else entry[-1:]:
                    found.setdefault(entry[0].lower(), []).extend(text for text in _flat(value) if text.strip())
    contact = entity.get("jscard") or entity.get("jscontact_card")
    if isinstance(contact, Mapping):
        _from_jscontact(contact, found)
    return found


def _from_jscontact(contact: Mapping[str, Any], found: dict[str, list[str]]) -> None:
    name = contact.get("name")
    if isinstance(name, Mapping) and isinstance(name.get("full"), str):
        found.setdefault("fn", []).append(name["full"])
    for many, key, target in (("organizations", "name", "org"), ("emails", "address", "email")):
        group = contact.get(many)
        for one in group.values() if isinstance(group, Mapping) else ():
            if isinstance(one, Mapping) and isinstance(one.get(key), str):
                found.setdefault(target, []).append(one[key])


def _registrar(entities: list[Any]) -> str:
    for roles, said, entity, _ in entities:
        if "registrar" in roles:
            name = next((text.strip() for key in ("fn", "org") for text in said.get(key, ()) if text.strip()), "")
            return name or str(entity.get("handle") or "")
    return ""


def _abuse(entities: list[Any]) -> str:
    """The registrar's abuse address, else any; an address in a card without the role counts when it says abuse itself."""
    addresses = [
        (0 if "abuse" in roles and "registrar" in above else 1 if "abuse" in roles else 2, address)
        for roles, said, _, above in entities
        for address in map(_address, said.get("email", ()))
        if address and ("abuse" in roles or "abuse" in address.partition("@")[0].lower())
    ]
    return min(addresses, key=lambda pair: pair[0])[1] if addresses else ""


def _address(text: str) -> str:
    address = text.strip().removeprefix("mailto:")
    return address.lower() if "@" in address and " " not in address else ""


def _marks(entities: list[Any]) -> Iterator[str]:
    for roles, said, entity, _ in entities:
        if "registrant" in roles:
            if isinstance(entity.get("handle"), str):
                yield "handle:" + entity["handle"].lower()
            yield from ("org:" + " ".join(text.lower().split()) for text in said.get("org", ()) if text.strip())


def _nameservers(found: Any) -> Iterator[str]:
    for server in _list(found):
        if isinstance(server, Mapping):
            name = _name(server.get("ldhName")) or _name(server.get("unicodeName")) or _name(server.get("objectName"))
        else:
            name = _name(server)
        if name:
            yield name


def _events(found: Any) -> dict[str, datetime]:
    """The first moment of each kind of event."""
    events: dict[str, datetime] = {}
    for event in _list(found):
        if isinstance(event, Mapping) and isinstance(event.get("eventDate"), str):
            moment = read_date(event["eventDate"])
            if moment is not None:
                events.setdefault(str(event.get("eventAction") or "").lower(), moment)
    return events


def _first(events: dict[str, datetime], names: tuple[str, ...]) -> datetime | None:
    return next((events[name] for name in names if name in events), None)


def _name(found: Any) -> str:
    return found.strip().rstrip(".").lower() if isinstance(found, str) else ""


def _texts(found: Any) -> list[str]:
    return [text for text in _list(found) if isinstance(text, str)]


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value if isinstance(value, list) else ():
        yield from _flat(one)


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]

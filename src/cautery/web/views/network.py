"""The network of an operation: who links to whom, the plan as layers, what acting on some nodes would leave; choosing is on record.

The page itself reads little. Its picture, its list and its figures ask for what they need, and share one reading of the register.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, Refused
from cautery.core.graph.layout import Places, layout
from cautery.custody.actions import consult
from cautery.custody.events import Access
from cautery.fetch import clock
from cautery.ground.rows import chunks
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation, operation_row
from cautery.report.dossier import dossier, provider_slugs
from cautery.report.planning import drawing
from cautery.report.planning.actions import choose
from cautery.report.planning.drawing import Drawn, Ids, Layers, NodeFilter
from cautery.report.planning.predicting import PLAN
from cautery.report.planning.queries import last_plan
from cautery.review.care.queries import refuse_if_closed
from cautery.web.access import acts, needs
from cautery.web.briefly import Briefly
from cautery.web.files import file_of
from cautery.web.labels import STATES, WORDS
from cautery.web.templatetags.desk import defang

DRAWN: Briefly[Drawn] = Briefly(20.0, most=4)
"""What was read, for all who look; a leader's choice reads it anew."""

LAYOUTS: Briefly[Places] = Briefly(3600.0, most=4)
"""Places, by what is linked with what: states change every minute, links seldom."""

SHOWN, ALL = 20_000, 100_000_000
"""Nodes of a picture, and of a file, unless the address asks for others."""

ROWS = 50
LONGEST = 300
MOST_CHOSEN = 5_000
FINE = 10_000
"""Steps from the middle of the picture to its edge: places travel as whole numbers."""

LABELS = {
    PLAN: gettext_lazy("The plan's set"),
    "0.1": gettext_lazy("To under 10 % at one moment"),
    "0.01": gettext_lazy("To under 1 % at one moment"),
    drawing.CHOSEN: gettext_lazy("Chosen last"),
}


def _key(operation: Operation) -> str:
    return f"{settings.DATA}:{operation.pk}:{operation.slug}"


def _drawn(operation: Operation, by: Actor) -> Drawn:
    by.require(Permission.INTAKE_ITEM_READ)
    return DRAWN.get(_key(operation), lambda: drawing.draw(operation, by=by, at=clock().now()))


def _places(drawn: Drawn) -> Places:
    network = drawn.network
    digest = hashlib.sha256(network.indptr.tobytes() + network.indices.tobytes()).hexdigest()
    return LAYOUTS.get(digest, lambda: layout(network))


def _wanted(request: HttpRequest, unless_said: int = SHOWN) -> NodeFilter:
    """The filter of the address; `Refused` where it is none."""
    words = {name: request.GET.get(name, "").strip() for name in ("provider", "kind", "state")}
    most = request.GET.get("most", "").strip() or str(unless_said)
    if any("\0" in word or len(word) > LONGEST for word in words.values()):
        raise Refused("That cannot be filtered by.", reason="filter")
    if not (most.isascii() and most.isdigit() and 1 <= int(most[:9]) <= max(drawing.MOST, unless_said)):
        raise Refused(f"A picture has 1 to {drawing.MOST} nodes.", reason="filter", filter="most")
    return NodeFilter(**words, most=int(most))


def _may_choose(by: Actor) -> bool:
    return Permission.REPORT_PLAN_CHOOSE in by.permissions


@needs(Permission.INTAKE_ITEM_READ)
def network_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The frame: filters, the place of the picture, of its list and of what was found."""
    operation = get_operation(slug, by=by)
    consult([f"operation:{slug}"], by=by, at=clock().now(), why=request.get_full_path()[:500])
    context = {
        "operation": operation_row(operation),
        "wanted": _wanted(request),
        "filtered": bool(request.GET.urlencode()),
        "states": STATES,
        "providers": provider_slugs(by=by),
        "may_choose": _may_choose(by),
        "most": drawing.MOST,
        "formats": ("csv", "ndjson", "parquet"),
    }
    return render(request, "web/network.html", context)


@gzip_page
@needs(Permission.INTAKE_ITEM_READ)
def network_data(request: HttpRequest, slug: str, *, by: Actor) -> JsonResponse:
    """What the picture is drawn from: columns by node, links as places in them, layers as places in them."""
    operation = get_operation(slug, by=by)
    drawn, wanted = _drawn(operation, by), _wanted(request)
    nodes = wanted.nodes(drawn)
    links = drawing.links_among(drawn, nodes)
    layers = drawing.layers_of(operation, drawn, by=by)
    return JsonResponse(
        {
            "of": drawn.network.n,
            "nodes": _columns(drawn, nodes, closed=_may_choose(by)),
            "links": {"from": links[:, 0].tolist(), "to": links[:, 1].tolist()},
            "one": _within(drawn.register.same_operator, nodes, drawn.network.n),
            "gone": _within_nodes(drawn.register.gone, nodes, drawn.network.n),
            "layers": [_layer(drawn, layers, name, nodes) for name in LABELS if name in layers.layers],
        },
        json_dumps_params={"separators": (",", ":"), "ensure_ascii": False},
    )


def _columns(drawn: Drawn, nodes: Ids, *, closed: bool) -> dict[str, Any]:
    """By node; words as places in lists of them, the commonest first."""
    register = drawn.register
    places = (_places(drawn)[nodes] * FINE).round().astype(int)
    words = {"provider": register.providers, "kind": drawn.kinds, "state": drawn.states}
    coded: dict[str, Any] = {}
    for name, values in words.items():
        own = [values[node] for node in nodes]
        names = [word for word, _count in Counter(own).most_common()]
        number = {word: place for place, word in enumerate(names)}
        coded[name] = [number[word] for word in own]
        coded[f"{name}_names"] = [str(WORDS[name].get(word, word)) if name in WORDS else word for word in names]
    return coded | {
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "label": [defang(drawn.labels[node]) for node in nodes],
        "item": [0 if node in drawn.hidden else register.items[node] for node in nodes],
        "flags": [register.flags[node] for node in nodes],
        "linked": drawn.network.degree[nodes].tolist(),
        "closed": _within_nodes(sorted(drawn.closed), nodes, drawn.network.n) if closed else [],
    }


def _within_nodes(some: list[int], nodes: Ids, n: int) -> list[int]:
    """Places in `nodes` of those of some nodes that are there."""
    return [pair[0] for pair in _within([(node, node) for node in some], nodes, n)]


def _within(pairs: list[tuple[int, int]], nodes: Ids, n: int) -> list[tuple[int, int]]:
    place = dict(zip(nodes.tolist(), range(n), strict=False))
    return [(place[a], place[b]) for a, b in pairs if a in place and b in place]


def _layer(drawn: Drawn, layers: Layers, name: str, nodes: Ids) -> dict[str, Any]:
    own = list(layers.layers[name].nodes)
    return {
        "name": name,
        "label": str(LABELS[name]),
        "size": len(own),
        "nodes": _within_nodes(own, nodes, drawn.network.n),
        "items": [drawn.register.items[node] for node in own],
    }


@needs(Permission.INTAKE_ITEM_READ)
def network_list(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The same nodes as a list, for whoever does not see the picture; a page at a time, the most linked first."""
    operation = get_operation(slug, by=by)
    drawn, wanted = _drawn(operation, by), _wanted(request)
    page = request.GET.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:9]) <= drawing.MOST):
        raise Refused("There is no such page of the list.", reason="page", page="page")
    nodes, begin = wanted.nodes(drawn), (int(page) - 1) * ROWS
    layers = drawing.layers_of(operation, drawn, by=by)
    rows = drawing.node_rows(drawn, nodes[begin : begin + ROWS])
    for row in rows:
        row["layers"] = [
            LABELS[name] for name in LABELS if name in layers.layers and row["node"] in layers.layers[name].nodes
        ]
        row["open"] = _may_choose(by) and row["node"] not in drawn.closed
        row["hidden"] = row["node"] in drawn.hidden
    context = {
        "operation": operation_row(operation),
        "rows": rows,
        "total": nodes.size,
        "of": drawn.network.n,
        "first": begin + 1,
        "last": begin + len(rows),
        "newer": int(page) - 1,
        "older": int(page) + 1 if begin + ROWS < nodes.size else 0,
        "left_out": drawn.register.left_out,
        "as_of": drawn.at,
        "may_choose": _may_choose(by),
    }
    return render(request, "web/_network_list.html", context)


@needs(Permission.INTAKE_ITEM_READ)
def network_item(request: HttpRequest, slug: str, pk: int, *, by: Actor) -> HttpResponse:
    """What is known of the item of a node, in short."""
    operation = get_operation(slug, by=by)
    found = dossier(pk, by=by)
    refuse_if_closed(pk, found.item.pk)
    consult([f"item:{found.item.pk}"], by=by, at=clock().now(), why="looked at in the network")
    own = [episode for episode in found.episodes if episode.operation_id == operation.pk]
    context = {"dossier": found, "item": found.item, "latest": own[-1] if own else None, "outcome": found.outcome}
    return render(request, "web/_network_item.html", context)


def _figures(request: HttpRequest, operation: Operation, drawn: Drawn, nodes: Ids, by: Actor) -> HttpResponse:
    """What is left, beside others; `nodes` as places of the whole network."""
    layers = drawing.layers_of(operation, drawn, by=by)
    context = {
        "rows": drawing.beside(drawn, layers, nodes),
        "count": int(nodes.size),
        "choice": layers.choice,
        "as_of": drawn.at,
    }
    return render(request, "web/_network_figures.html", context)


@needs(Permission.REPORT_OPERATION_READ)
def network_layer(request: HttpRequest, slug: str, name: str, *, by: Actor) -> HttpResponse:
    """What is left when the nodes of a layer go, on the network as it stands."""
    operation = get_operation(slug, by=by)
    drawn = _drawn(operation, by)
    found = drawing.layers_of(operation, drawn, by=by).layers.get(name)
    if found is None:
        raise NotFound(f"There is no layer {name[:40]}.", layer=name[:40])
    return _figures(request, operation, drawn, drawing.as_nodes(found.nodes), by)


@acts(Permission.REPORT_PLAN_CHOOSE)
def network_what_if(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """What is left when the items named go; nothing is stored."""
    operation = get_operation(slug, by=by)
    drawn = _drawn(operation, by)
    return _figures(request, operation, drawn, drawing.nodes_named(drawn, _items(request), by=by), by)


@acts(Permission.REPORT_PLAN_CHOOSE)
def network_choose(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponseRedirect:
    """Record the items named as what is to be acted on together, in their order, with the reason."""
    operation = get_operation(slug, by=by)
    plan = last_plan(operation, by=by)
    choose(plan.pk, _items(request), request.POST.get("reason", "")[:2_000], by=by, at=clock().now())
    DRAWN.forget(_key(operation))
    return redirect("web:network", slug=slug)


def _items(request: HttpRequest) -> list[int]:
    words = [word for word in request.POST.get("items", "").split(",") if word.strip()]
    if len(words) > MOST_CHOSEN or not all(word.isascii() and word.isdigit() and len(word) <= 18 for word in words):
        raise Refused("Those are no items, or too many.", reason="no_item")
    return list(dict.fromkeys(int(word) for word in words))


@needs(Permission.INTAKE_ITEM_READ)
def network_file(request: HttpRequest, slug: str, name: str, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The nodes or the links of the filter as a file, whole."""
    operation = get_operation(slug, by=by)
    if name not in {"nodes", "links"}:
        raise NotFound(f"The network has nodes and links, no {name[:40]}.", file=name[:40])
    drawn, wanted = _drawn(operation, by), _wanted(request, ALL)
    nodes = wanted.nodes(drawn)
    rows, fields = (
        (drawing.node_rows(drawn, nodes), drawing.NODE_FIELDS)
        if name == "nodes"
        else (drawing.link_rows(drawn, nodes), drawing.LINK_FIELDS)
    )
    return file_of(request, rows, fields, kind, f"{slug}-network-{name}", by=by)


@needs(Permission.INTAKE_ITEM_READ)
def network_graphml(request: HttpRequest, slug: str, *, by: Actor) -> StreamingHttpResponse:
    """Nodes and links of the filter as GraphML, whole."""
    operation = get_operation(slug, by=by)
    drawn, wanted = _drawn(operation, by), _wanted(request, ALL)
    consult([f"list:{slug}-network"], by=by, at=clock().now(), why=request.get_full_path()[:500], kind=Access.COPY)
    disposition = f'attachment; filename="{slug}-network.graphml"'
    return StreamingHttpResponse(
        _graphml(drawn, wanted.nodes(drawn)),
        content_type="application/graphml+xml",
        headers={"Content-Disposition": disposition},
    )


def _graphml(drawn: Drawn, nodes: Ids) -> Iterator[str]:
    """As graphml.graphdrawing.org has it: keys, nodes, directed edges."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for field in drawing.NODE_FIELDS[1:]:
        kind = "long" if field in {"item_id", "flags", "linked_with"} else "string"
        yield f'<key id="{field}" for="node" attr.name="{field}" attr.type="{kind}"/>\n'
    yield '<key id="weight" for="edge" attr.name="weight" attr.type="double"/>\n<graph edgedefault="directed">\n'
    for some in chunks(drawing.node_rows(drawn, nodes), 500):
        yield "".join(_node(row) for row in some)
    for links in chunks(drawing.link_rows(drawn, nodes), 500):
        yield "".join(
            f'<edge source="n{row["source"]}" target="n{row["target"]}"><data key="weight">{row["weight"]:g}</data></edge>\n'
            for row in links
        )
    yield "</graph>\n</graphml>\n"


def _node(row: dict[str, Any]) -> str:
    data = "".join(
        f'<data key="{name}">{_text(row[name])}</data>' for name in drawing.NODE_FIELDS[1:] if row[name] is not None
    )
    return f'<node id="n{row["node"]}">{data}</node>\n'


def _text(value: object) -> str:
    """A value as XML text: what XML cannot hold is left out."""
    plain = "".join(char for char in str(value) if char in "\t\n" or " " <= char not in "\ufffe\uffff")
    return escape(plain)

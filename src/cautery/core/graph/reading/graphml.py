"""GraphML, read as a stream. A file that declares a document type is refused: entities are how such files attack."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from ...errors import FileRefused
from .edge_list import WEIGHT, Edges
from .rows import refused

DEEPEST = 50
CHUNK = 1 << 16


def graphml(content: bytes) -> Edges:
    """Nodes and edges of all graphs in the file; an undirected edge leads both ways. `FileRefused` where it is hostile."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    reader.parser = parser
    try:
        for at in range(0, len(content), CHUNK):
            parser.Parse(content[at : at + CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefused(f"This is not well-formed XML: {error}.", reason="not_xml", line=error.lineno) from error
    if not reader.graphs:
        raise FileRefused("This XML holds no graph: GraphML has <graph> in <graphml>.", reason="no_graph")
    return reader.finished()


@dataclass
class _Edge:
    line: int
    source: str
    target: str
    directed: bool
    weight: float = 1.0


@dataclass
class _Reader:
    """What the parser calls, element by element."""

    edges: Edges = field(default_factory=Edges)
    parser: expat.XMLParserType | None = None
    graphs: int = 0
    nodes: set[str] = field(default_factory=set)
    found: list[_Edge] = field(default_factory=list)
    weight_keys: set[str] = field(default_factory=set)
    directed: list[bool] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    key: str = ""
    said: str = ""

    def doctype(self, *_: object) -> NoReturn:
        """A document type, or an entity in one."""
        raise FileRefused("This XML declares a document type or entities, which is not read.", reason="entities")

    @property
    def line(self) -> int:
        """The line the parser is at."""
        return self.parser.CurrentLineNumber if self.parser is not None else 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(":")[2]
        self.path.append(tag)
        if len(self.path) > DEEPEST:
            raise FileRefused(f"This XML is nested deeper than {DEEPEST}.", reason="too_deep", line=self.line)
        if tag == "graph":
            self.graphs += 1
            self.directed.append(attributes.get("edgedefault", "directed") != "undirected")
        elif tag == "key" and attributes.get("for", "edge") in {"edge", "all"}:
            if attributes.get("attr.name", attributes.get("id", "")).lower() in WEIGHT:
                self.weight_keys.add(attributes.get("id", ""))
        elif tag == "node" and self.directed:
            self.nodes.add(attributes.get("id", ""))
            self.edges.number(attributes.get("id", ""))
        elif tag == "edge" and self.directed:
            directed = {"true": True, "false": False}.get(attributes.get("directed", ""), self.directed[-1])
            edge = _Edge(self.line, attributes.get("source", ""), attributes.get("target", ""), directed)
            self.found.append(edge)
        elif tag == "hyperedge":
            self.edges.problems.append(refused(self.line, "hyperedge", "is an edge of more than two nodes"))
        elif tag == "data":
            self.key, self.said = attributes.get("key", ""), ""

    def text(self, data: str) -> None:
        """Words within an element; those of a weight are kept."""
        if self.path and self.path[-1] == "data" and len(self.said) < CHUNK:
            self.said += data

    def end(self, name: str) -> None:
        """An element ends."""
        tag = name.rpartition(":")[2]
        self.path.pop()
        if tag == "graph":
            self.directed.pop()
        elif tag == "data" and self.path[-1:] == ["edge"] and self.key in self.weight_keys and self.found:
            try:
                self.found[-1].weight = float(self.said)
            except ValueError:
                self.found[-1].weight = math.nan

    def finished(self) -> Edges:
        """The edges whose ends are nodes of the file; the others are named."""
        for edge in self.found:
            if edge.source not in self.nodes or edge.target not in self.nodes:
                self.edges.problems.append(refused(edge.line, "no_such_node", "has an edge to a node the file has not"))
            elif not 0 <= edge.weight < math.inf:
                self.edges.problems.append(refused(edge.line, "bad_weight", "has an edge with a weight that is none"))
            else:
                self.edges.add(edge.source, edge.target, edge.weight)
                if not edge.directed:
                    self.edges.add(edge.target, edge.source, edge.weight)
        return self.edges

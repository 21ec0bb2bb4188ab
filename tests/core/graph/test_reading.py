"""Networks from files a stranger brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cautery.core.errors import FileRefused
from cautery.core.graph.reading import ReadNetwork, read_labels, read_network, read_pairs

GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="edge" attr.name="weight" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="a"/><node id="b"/><node id="c"/>
    <edge source="a" target="b"><data key="d0">2.5</data></edge>
    <edge source="b" target="c" directed="true"/>
    <edge source="b" target="nobody"/>
    <edge source="a" target="c"><data key="d0">much</data></edge>
  </graph>
</graphml>"""


def read(tmp_path: Path, text: str | bytes) -> ReadNetwork:
    file = tmp_path / "network"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_network(file)


def arcs(found: ReadNetwork) -> dict[tuple[str, str], float]:
    ends = [(found.labels[a], found.labels[b]) for a, b in found.network.arcs.tolist()]
    return dict(zip(ends, found.network.volumes.tolist(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "a b\nb c\n",
        "a\tb\nb\tc",
        "a,b\r\nb,c\r\n",
        "a;b\nb;c\n",
        "a | b\nb | c\n",
        "a -> b\nb -> c\n",
        '"a","b"\n"b","c"\n',
        "# a comment\n% another\n\n  a   b\n// third\n  b   c  ",
        "source,target\na,b\nb,c\n",
        "Target;Source\nb;a\nc;b\n",
        "weight,from,to\n1,a,b\n1,b,c\n",
        b"\xef\xbb\xbfa b\nb c",
        "a b\nb c".encode("utf-16"),
    ],
)
def test_an_edge_list_is_read_in_any_dress(tmp_path: Path, text: str | bytes) -> None:
    assert arcs(read(tmp_path, text)) == {("a", "b"): 1.0, ("b", "c"): 1.0}


def test_a_label_may_hold_blanks_and_any_letter(tmp_path: Path) -> None:
    found = read(tmp_path, "Канал один\t频道 2\n频道 2\tقناة\n")
    assert found.labels == ["Канал один", "频道 2", "قناة"]


def test_words_over_numbers_are_a_header(tmp_path: Path) -> None:
    assert read(tmp_path, "left right\n1 2\n2 3\n").labels == ["1", "2", "3"]


def test_weights_are_read_and_bad_lines_named(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,2\nonly\nb,c,3\n,c,1\nc,a,-1\nc,b,much\na,b,1\nc,a,nan\n")
    assert arcs(found) == {("a", "b"): 3.0, ("b", "c"): 3.0}
    assert [(p.fields["line"], p.reason) for p in found.problems] == [
        (2, "few_columns"),
        (4, "empty_label"),
        (5, "bad_weight"),
        (6, "bad_weight"),
        (8, "bad_weight"),
    ]


def test_a_comment_can_say_how_many_nodes_there_are(tmp_path: Path) -> None:
    assert read(tmp_path, "# n=6 m=1 specimen\n4 2\n").labels == list("012345")
    assert read(tmp_path, "# n=6\na b\n").labels == ["a", "b"]


def test_bytes_that_are_no_text_cost_only_their_label(tmp_path: Path) -> None:
    assert read(tmp_path, b"a \xff\xfe\nb c").labels == ["a", "\\xff\\xfe", "b", "c"]


def test_graphml_is_read_with_its_weights_and_directions(tmp_path: Path) -> None:
    found = read(tmp_path, GRAPHML)
    assert arcs(found) == {("a", "b"): 2.5, ("b", "a"): 2.5, ("b", "c"): 1.0}
    assert [(p.fields["line"], p.reason) for p in found.problems] == [(8, "no_such_node"), (9, "bad_weight")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_edges"),
        ("# only a comment\n", "no_edges"),
        ("alone\n", "no_edges"),
        ("\0\0\0", "not_text"),
        (b"\x1f\x8b\x08", "compressed"),
        ("<graphml><graph><node id='a'/>", "not_xml"),
        ("<html></html>", "no_graph"),
        ("<a>" * 60, "too_deep"),
        ('<!DOCTYPE g [<!ENTITY x "y">]><graphml><graph><node id="&x;"/></graph></graphml>', "entities"),
        ('<!DOCTYPE g SYSTEM "file:///etc/hostname"><graphml/>', "entities"),
    ],
)
def test_what_is_no_network_is_refused(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, text)
    assert refused.value.reason == reason


def test_lists_beside_a_network_name_what_they_do_not_find(tmp_path: Path) -> None:
    found = read(tmp_path, "a b\nb c\n")
    marks, groups = tmp_path / "marks", tmp_path / "groups"
    marks.write_text("label\nb\n# nobody\nx\n")
    groups.write_text("label,group\na,one\nc,one\nb\n")
    assert read_labels(marks, found.numbers, found.problems).tolist() == [1]
    labels, words = read_pairs(groups, found.numbers, found.problems)
    assert np.array_equal(labels, [0, -1, 0])
    assert words == ["one"]
    assert [(p.fields["line"], p.reason) for p in found.problems] == [(4, "no_such_node"), (4, "few_columns")]

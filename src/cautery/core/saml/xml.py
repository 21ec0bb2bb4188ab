"""XML from strangers: small, UTF-8, no document type; and how its parts are read without being misled."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from cautery.core.errors import Refused

etree: Any = import_module("lxml.etree") if find_spec("lxml") else None
"""None where lxml is missing: SAML is then not offered, and everything else works."""
Element = Any
"""An element of lxml, which has no types."""

ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
MOST_BYTES = 262_144


def is_there() -> bool:
    """Whether what SAML needs is installed."""
    return etree is not None


def parse(document: bytes, *, most: int = MOST_BYTES) -> Element:
    """The root of a document of at most `most` bytes; `Refused` for a DTD (so for entities too), and for what is no XML.

    It is read as UTF-8 whatever it says of itself, so that what was searched for a DTD is what is parsed.
    """
    if len(document) > most:
        raise refused("size")
    try:
        text = document.decode()
    except UnicodeDecodeError as error:
        raise refused("malformed") from error
    if "<!DOCTYPE" in text:
        raise refused("dtd")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise refused("malformed") from error


def canonical(element: Element, prefixes: list[str]) -> bytes:
    """Exclusive canonical XML 1.0 without comments; `prefixes` are those of InclusiveNamespaces.

    `#default` is not told to libxml2: lxml cannot. It matters only below a default namespace, and then the digest does not hold.
    """
    inclusive = [prefix for prefix in prefixes if prefix != "#default"] or None
    written: bytes = etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=inclusive
    )
    return written


def children(element: Element, tag: str) -> list[Element]:
    """Its children of this name, in order."""
    return list(element.iterchildren(tag))


def only(element: Element, tag: str, found: str) -> Element:
    """Its one child of this name; `Refused` (with `found`) for none or several."""
    there = children(element, tag)
    if len(there) != 1:
        raise refused(found)
    return there[0]


def text_of(element: Element, found: str) -> str:
    """All of its text; `Refused` when there is markup within, so that nothing is cut off where it begins."""
    if len(element):
        raise refused(found)
    return (element.text or "").strip()


def refused(found: str) -> Refused:
    """What the identity provider said does not hold; `found` says where."""
    return Refused("What the identity provider said does not hold.", reason="saml", found=found)

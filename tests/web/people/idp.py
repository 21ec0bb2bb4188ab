"""A small SAML identity provider on loopback: metadata, a page that posts the answer, answers signed by minisignxml."""

from __future__ import annotations

import html
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from tests.saml import KEY, SAML, answer, metadata, posted, signed
from tests.servers import threaded


@dataclass
class IdentityProvider:
    """Who is signed in there, and what is wrong with its answers, where a test wants something wrong (`changed`)."""

    issuer: str = ""
    name: str = "subject-1"
    attributes: str = ""
    key: rsa.RSAPrivateKey = KEY
    keys: tuple[rsa.RSAPrivateKey, ...] = (KEY,)
    more: str = ""
    sign_on: str = ""
    status: int = 200
    changed: Callable[[str], str] = field(default=lambda text: text)
    asked: list[str] = field(default_factory=list)

    def metadata(self) -> str:
        return metadata(*self.keys, issuer=self.issuer, sign_on=self.sign_on or f"{self.issuer}/go", more=self.more)

    def answers(self, where: str) -> dict[str, str]:
        """A person signs in at the address the desk sent their browser to; the form they come back with."""
        words = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        question = etree.fromstring(zlib.decompress(b64decode(words["SAMLRequest"]), -15))
        text = answer(
            name=self.name,
            issuer=self.issuer,
            consumer=question.get("AssertionConsumerServiceURL"),
            entity=question.find("saml:Issuer", SAML).text,
            request=question.get("ID"),
            now=datetime.now(UTC),
            attributes=self.attributes,
        )
        return {"SAMLResponse": posted(signed(self.changed(text), key=self.key)), "RelayState": words["RelayState"]}

    def page(self, where: str) -> str:
        """The page there: a button that posts the answer to the desk."""
        question = parse_qs(urlsplit(where).query)["SAMLRequest"][0]
        consumer = etree.fromstring(zlib.decompress(b64decode(question), -15)).get("AssertionConsumerServiceURL")
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in self.answers(where).items()
        )
        return (
            "<!doctype html><title>The Ministry</title>"
            f'<form method="post" action="{html.escape(consumer)}">{fields}<button>Go on as {self.name}</button></form>'
        )


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """The provider at an address of its own: 127.0.0.1, which to a browser is another site than localhost."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(urlsplit(self.path).path)
            described = urlsplit(self.path).path == "/metadata"
            raw = (provider.metadata() if described else provider.page(self.path)).encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/samlmetadata+xml" if described else "text/html")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            """Silence."""

    with threaded(Handler) as provider.issuer:
        yield provider

"""A small OpenID provider on loopback: discovery, keys, authorisation codes with PKCE, ID tokens signed with RS256."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.servers import threaded

KEY = rsa.generate_private_key(65_537, 2_048)


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Provider:
    """Who is signed in there (`claims`), and what is wrong with its answers, where a test wants something wrong."""

    issuer: str = ""
    client: str = "cautery"
    secret: str = "a client's secret"
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "subject-1"})
    wrong: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, body: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What a request gets: status and JSON."""
        self.asked.append(path)
        match path:
            case "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "go", "token_endpoint": "token", "jwks_uri": "keys"}
                found = {name: f"{self.issuer}/{place}" for name, place in places.items()}
                return 200, {"issuer": self.issuer} | found | self.wrong.get("configuration", {})
            case "/keys":
                public = KEY.public_key().public_numbers()
                numbers = {"n": public.n.to_bytes(256, "big"), "e": public.e.to_bytes(3, "big")}
                return 200, {"keys": [{"kty": "RSA", "kid": "1"} | {name: b64(raw) for name, raw in numbers.items()}]}
            case "/token":
                return self._token(body, authorization)
        return 404, {}

    def _token(self, body: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        pair = b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        asked = self.codes.pop(body.get("code", ""), None)
        if asked is None or pair != f"{self.client}:{self.secret.replace(' ', '%20').replace(chr(39), '%27')}":
            return 400, {"error": "invalid_grant"}
        proved = b64(sha256(body["code_verifier"].encode()).digest())
        if proved != asked["code_challenge"] or body["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return 200, {
            "token_type": "Bearer",
            "id_token": self._signed(claims | self.claims | self.wrong.get("claims", {})),
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        message = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "1"}, claims))
        return f"{message}.{b64(KEY.sign(message.encode(), padding.PKCS1v15(), SHA256()))}"

    def sign_in(self, where: str) -> dict[str, str]:
        """A person signs in at the address the desk sent their browser to; the words they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}


@contextmanager
def running() -> Iterator[Provider]:
    """The provider at an address of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _told(self, body: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            if path == "/go":
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(provider.sign_in(self.path))}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, value = provider.answer(path, body, self.headers.get("Authorization", ""))
            raw = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            self._told({})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._told({name: values[0] for name, values in parse_qs(raw).items()})

        def log_message(self, *args: object) -> None:
            """Silence."""

    with threaded(Handler, "localhost") as provider.issuer:
        yield provider

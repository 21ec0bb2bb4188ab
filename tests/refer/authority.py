"""A test authority: a root, an officer's key as PKCS#12, and a time-stamping service that speaks RFC 3161 on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import cms, keys, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)  # fmt: skip
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign import general
from pyhanko.sign.attributes import simple_cms_attribute
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cautery.refer.signing.keys import as_asn1

PASSPHRASE = b"test-authority"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Where its files lie: the root (trust it or not) and the officer's key."""

    roots: Path
    key: Path
    stamper: DummyTimeStamper


class Stamper(DummyTimeStamper):
    """pyHanko's stand-in for a time-stamping service, which reads its key once."""

    def __init__(self, certificate: Any, key: rsa.RSAPrivateKey) -> None:
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        super().__init__(certificate, keys.PrivateKeyInfo.load(der), SimpleCertificateStore())
        self._loaded = key

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        signed = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_certificate", general.as_signing_certificate(self.tsa_cert)),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        return self._loaded.sign(signed.dump(), PKCS1v15(), hashes.SHA256()), signed


def make_authority(folder: Path, name: str = "Specimen") -> Authority:
    """A new authority in a folder: `roots/root.pem`, `officer.p12`."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate(f"{name} Root", root_key, root_key, None)
    officer_key = rsa.generate_private_key(65537, 2048)
    officer = _certificate(f"{name} Officer", officer_key, root_key, root)
    stamp_key = rsa.generate_private_key(65537, 2048)
    stamper = _certificate(f"{name} Time", stamp_key, root_key, root, usage=ExtendedKeyUsageOID.TIME_STAMPING)
    roots = folder / "roots"
    roots.mkdir(parents=True, exist_ok=True)
    (roots / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    key = folder / "officer.p12"
    key.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"officer", officer_key, officer, [root], BestAvailableEncryption(PASSPHRASE)
        )
    )
    return Authority(roots, key, Stamper(as_asn1(stamper), stamp_key))


def _certificate(
    name: str, key: Key, issuer_key: Key, issuer: x509.Certificate | None, usage: x509.ObjectIdentifier | None = None
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=900))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(issuer is not None, issuer is not None, False, False, False, issuer is None, issuer is None, False, False),
            critical=True,
        )
    )  # fmt: skip
    if usage is not None:
        built = built.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return built.sign(issuer_key, hashes.SHA256())


@contextmanager
def time_service(stamper: DummyTimeStamper) -> Iterator[str]:
    """Serve a stamper over HTTP on loopback; the address is given."""

    def answer(asked: bytes) -> tuple[int, str, bytes]:
        body: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
        return 200, "application/timestamp-reply", body

    with _server(answer) as url:
        yield url


@contextmanager
def serving(status: int, kind: str, body: bytes) -> Iterator[str]:
    """Serve the same answer to everything."""
    with _server(lambda _: (status, kind, body)) as url:
        yield url


@contextmanager
def _server(answer: Callable[[bytes], tuple[int, str, bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            status, kind, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

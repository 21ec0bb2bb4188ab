"""A name server and a site with a certificate, on loopback, for tests of what is asked about domains."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import raw_server

RCODES = {"servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED, "notimp": dns.rcode.NOTIMP}


@dataclass
class Names:
    """What a name server knows: `records` by name and type, `trouble` (servfail, refused, notimp, silent, garbage, long) by name."""

    records: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def put(self, name: str, **values: Sequence[str]) -> None:
        """Have these records of a name: `put("x.org", A=["192.0.2.1"])`."""
        self.records |= {(name, kind): value for kind, value in values.items()}

    def drop(self, name: str) -> None:
        """Know the name no more."""
        self.records = {key: value for key, value in self.records.items() if key[0] != name}

    def answer(self, wire: bytes, *, datagram: bool) -> bytes | None:
        """The bytes that answer a question; None: silence."""
        asked = dns.message.from_wire(wire)
        question = asked.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        trouble = self.trouble.get(name, "")
        if trouble == "silent":
            return None
        if trouble == "garbage":
            return b"\x00" + wire[1:5]
        answer = dns.message.make_response(asked)
        if trouble in RCODES:
            answer.set_rcode(RCODES[trouble])
        elif trouble == "long" and datagram:
            answer.flags |= dns.flags.TC
        else:
            self._fill(answer, name, kind)
        return answer.to_wire()

    def _fill(self, answer: dns.message.Message, name: str, kind: str) -> None:
        known = {one for one, _ in self.records}
        while (name, "CNAME") in self.records:
            (alias,) = self.records[name, "CNAME"]
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{alias}."))
            name = alias
            if kind == "CNAME":
                return
        if name not in known:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif (name, kind) in self.records:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *self.records[name, kind]))


@contextmanager
def name_server() -> Iterator[Names]:
    """A name server over UDP and TCP at one port."""
    names = Names()
    with socket.create_server(("127.0.0.1", 0)) as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as grams:
        names.port = stream.getsockname()[1]
        grams.bind(("127.0.0.1", names.port))
        threads = [threading.Thread(target=one, daemon=True) for one in (_grams(names, grams), _streams(names, stream))]
        for thread in threads:
            thread.start()
        yield names
        with suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", names.port))
        for thread in threads:
            thread.join(5)


def _grams(names: Names, grams: socket.socket) -> Callable[[], None]:
    def serve() -> None:
        while wire := grams.recvfrom(4_096):
            if not wire[0]:
                return
            if (answer := names.answer(wire[0], datagram=True)) is not None:
                grams.sendto(answer, wire[1])

    return serve


def _streams(names: Names, stream: socket.socket) -> Callable[[], None]:
    def serve() -> None:
        while True:
            try:
                line, _ = stream.accept()
            except OSError:
                return
            with line:
                wire = line.recv(4_096)[2:]
                if (answer := names.answer(wire, datagram=False)) is not None:
                    line.sendall(len(answer).to_bytes(2, "big") + answer)

    return serve


@dataclass(frozen=True)
class Signed:
    """A certificate with its key, in a PEM file, and the SHA-256 of its key."""

    file: Path
    spki: str


def signed(
    folder: Path, names: Sequence[str], *, days: int = 30, key: ec.EllipticCurvePrivateKey | None = None
) -> Signed:
    """A certificate nobody signed, for these names; expired with negative `days`."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Specimen Authority")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding
    private = key.private_bytes(encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    file = folder / f"{made.serial_number}.pem"
    file.write_bytes(made.public_bytes(encoding.PEM) + private)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    return Signed(file, digest.finalize().hex())


@contextmanager
def tls_server(certificates: Mapping[str, Signed]) -> Iterator[int]:
    """A server that shows each host its certificate (by SNI) and says nothing; its port. Others are hung up on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(next(iter(certificates.values())).file)

    def choose(line: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> int | None:
        if host is None or host not in certificates:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(certificates[host].file)
        line.context = own
        return None

    context.sni_callback = choose

    def show(line: socket.socket) -> None:
        line.settimeout(5)
        context.wrap_socket(line, server_side=True).close()

    with raw_server(show) as port:
        yield port

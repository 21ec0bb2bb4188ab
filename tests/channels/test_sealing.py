"""Messages sealed with real keys, opened again by other hands: OpenSSL for S/MIME, Sequoia for OpenPGP."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der

from cautery.channels.base import Outgoing
from cautery.channels.keys import Keys
from cautery.channels.mail import compose
from cautery.channels.mail.sealing import seal
from cautery.core.errors import Refused

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
BODY = {
    "reference": "CTY-1",
    "url": "https://host.example/x",
    "legal_ground": "Art 2(7)(a)",
    "reasons": "«für die Tat»",
}
PLAIN = compose("abuse@p.test", "unit@u.test", [Outgoing("k1", BODY)], "a" * 40, NOW, b"k").as_bytes()


def certificate(name: str, *, days: int = 30) -> bytes:
    """A self-signed certificate and its key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=60)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + timedelta(days=60 + days))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def pems() -> dict[str, bytes]:
    return {
        "own": certificate("unit@u.test"),
        "p": certificate("abuse@p.test"),
        "old": certificate("a@b.test", days=-1),
    }


def keys(folder: Path, **files: bytes) -> Keys:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return Keys(folder)


def reads(entity: bytes) -> bool:
    """Whether an opened entity holds the notice in words and as JSON."""
    parts = [part.get_payload(decode=True) for part in message_from_bytes(entity).walk() if not part.is_multipart()]
    return "«für die Tat»" in parts[0].decode() and b'"notices"' in parts[1]  # type: ignore[union-attr,operator]


def opened_by_openssl(raw: bytes, own: bytes, tmp_path: Path) -> bytes:
    """What `openssl smime -verify` says was signed; it fails on a signature that does not hold."""
    (tmp_path / "ca.pem").write_bytes(own)
    (tmp_path / "mail.eml").write_bytes(raw)
    command = ["openssl", "smime", "-verify", "-in", "mail.eml", "-CAfile", "ca.pem", "-purpose", "any"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout


def test_without_keys_it_goes_as_it_is(tmp_path: Path) -> None:
    assert seal(PLAIN, Keys(None), "p") == PLAIN
    assert seal(PLAIN, Keys(tmp_path), "p") == PLAIN


def test_a_signed_message_verifies_and_one_altered_by_a_byte_does_not(tmp_path: Path, pems: dict[str, bytes]) -> None:
    raw = seal(PLAIN, keys(tmp_path, own_smime_pem=pems["own"]), "p")
    assert reads(opened_by_openssl(raw, pems["own"], tmp_path))
    assert message_from_bytes(raw)["Subject"] == message_from_bytes(PLAIN)["Subject"]
    with pytest.raises(subprocess.CalledProcessError):
        opened_by_openssl(raw.replace(b"host.example", b"host.exemple"), pems["own"], tmp_path)


def test_an_addressee_with_a_certificate_gets_it_signed_and_encrypted(tmp_path: Path, pems: dict[str, bytes]) -> None:
    raw = seal(PLAIN, keys(tmp_path, own_smime_pem=pems["own"], p_smime_pem=pems["p"]), "p")
    message = message_from_bytes(raw)
    assert b"host.example" not in raw
    assert b"notices" not in raw
    assert message["To"] == "abuse@p.test"
    private = load_pem_private_key(pems["p"], None)
    inner = pkcs7_decrypt_der(
        message.get_payload(decode=True),  # type: ignore[arg-type]
        x509.load_pem_x509_certificate(pems["p"]),
        private,  # type: ignore[arg-type]
        [],
    )
    assert reads(opened_by_openssl(inner, pems["own"], tmp_path))


def test_openpgp_is_signed_and_encrypted_where_the_addressee_takes_it(tmp_path: Path) -> None:
    pgp: Any = pytest.importorskip("pysequoia")
    own, theirs = pgp.Tsk.generate("Unit <unit@u.test>"), pgp.Tsk.generate("Desk <abuse@p.test>")
    found = keys(tmp_path, own_openpgp_asc=bytes(own), p_openpgp_asc=bytes(theirs.extract_certificate()))
    raw = seal(PLAIN, found, "p")
    message = message_from_bytes(raw)
    assert message.get_content_type() == "multipart/encrypted"
    assert b"host.example" not in raw
    sealed = message.get_payload()[1].get_payload(decode=True)  # type: ignore[index,union-attr]
    opened = pgp.decrypt(sealed, decryptor=theirs.decryptor(), store=lambda _: [own.extract_certificate()])
    assert reads(bytes(opened.bytes))
    assert [sig.certificate for sig in opened.valid_sigs] == [own.extract_certificate().fingerprint]
    signed = message_from_bytes(seal(PLAIN, found, "another"))
    assert signed.get_content_type() == "multipart/signed"


@pytest.mark.parametrize(
    ("name", "content"), [("p_smime_pem", b"no key"), ("p_openpgp_asc", b"no key"), ("own_smime_pem", b"-")]
)
def test_what_was_to_be_sealed_is_never_sent_in_the_clear(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Refused):
        seal(PLAIN, keys(tmp_path, **{name: content}), "p")


def test_a_certificate_out_of_its_time_is_not_used(tmp_path: Path, pems: dict[str, bytes]) -> None:
    with pytest.raises(Refused) as refused:
        seal(PLAIN, keys(tmp_path, p_smime_pem=pems["old"]), "p")
    assert refused.value.reason == "key_expired"


@pytest.mark.parametrize("slug", ["../own", "own/../p", "", "a" * 200, "p\0"])
def test_no_slug_leads_out_of_the_folder(tmp_path: Path, slug: str) -> None:
    (tmp_path / "keys").mkdir()
    assert keys(tmp_path / "keys", own_smime_pem=b"x").smime(slug) == b""

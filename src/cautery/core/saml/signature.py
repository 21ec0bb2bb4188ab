"""XML signatures on SAML answers, in the one shape the standard allows (SAML core, section 5.4), and nothing wider.

A signature stands in the element it signs, refers to it by its ID, and knows two transforms. What it says of keys is not read: the keys
are those of the metadata. What is handed on was parsed anew from the very bytes whose digest was signed; so whatever else an attacker
put into the document, before, after, around or within, is not there any more.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cautery.core.saml.xml import (
    ASSERTION,
    SIGNATURE,
    Element,
    canonical,
    children,
    etree,
    only,
    parse,
    refused,
    text_of,
)

Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENCRYPTION = "http://www.w3.org/2001/04/xmlenc#"
RSA = {
    f"{_MORE}rsa-sha256": hashes.SHA256(),
    f"{_MORE}rsa-sha384": hashes.SHA384(),
    f"{_MORE}rsa-sha512": hashes.SHA512(),
}
ECDSA = {
    f"{_MORE}ecdsa-sha256": hashes.SHA256(),
    f"{_MORE}ecdsa-sha384": hashes.SHA384(),
    f"{_MORE}ecdsa-sha512": hashes.SHA512(),
}
DIGESTS: dict[str, hashes.HashAlgorithm] = {
    f"{_ENCRYPTION}sha256": hashes.SHA256(),
    f"{_MORE}sha384": hashes.SHA384(),
    f"{_ENCRYPTION}sha512": hashes.SHA512(),
}
IDS = frozenset({"ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id"})


def signed_assertion(response: Element, keys: Sequence[Key]) -> tuple[Element, bool]:
    """The answer's one assertion as it was signed by one of `keys`, and whether the answer around it was signed too.

    The tree of `response` is used up. `Refused` when there is no signature, or any that does not hold.
    """
    assertion = the_assertion(response)
    _known_once(response)
    homes = (response, assertion)
    for found in response.iter(f"{SIGNATURE}Signature"):
        if not any(found.getparent() is home for home in homes):
            raise refused("signature_place")
    there = [(home, children(home, f"{SIGNATURE}Signature")) for home in homes]
    covered = [_covered(home, signatures, keys) for home, signatures in there if signatures]  # the outer one first
    if not covered:
        raise refused("unsigned")
    outer = parse(covered[0])
    whole = outer.tag == response.tag
    return (the_assertion(outer) if whole else outer), whole


def the_assertion(response: Element) -> Element:
    """The one assertion there is, a child of the answer."""
    everywhere = list(response.iter(f"{ASSERTION}Assertion"))
    if len(everywhere) != 1 or everywhere[0].getparent() is not response:
        raise refused("assertions")
    return everywhere[0]


def _known_once(root: Element) -> None:
    """`Refused` when two elements go by one ID: which of them is meant would be anybody's guess."""
    names = [value for element in root.iter(etree.Element) for name, value in element.items() if name in IDS]
    if len(set(names)) != len(names):
        raise refused("ids")


def _covered(home: Element, signatures: list[Element], keys: Sequence[Key]) -> bytes:
    """The bytes of `home` that its signature covers; the signature is taken out of the tree."""
    if len(signatures) != 1:
        raise refused("signature_place")
    info, value = _parts(signatures[0])
    method = only(info, f"{SIGNATURE}CanonicalizationMethod", "signature_shape")
    if method.get("Algorithm") != EXCLUSIVE:
        raise refused("algorithm")
    said = canonical(info, _prefixes(method))
    told = parse(said)
    algorithm = only(told, f"{SIGNATURE}SignatureMethod", "signature_shape").get("Algorithm")
    if algorithm not in RSA and algorithm not in ECDSA:
        raise refused("algorithm")
    if not any(_holds(key, algorithm, _bytes(value), said) for key in keys):
        raise refused("signature")
    reference = only(told, f"{SIGNATURE}Reference", "signature_shape")
    if not home.get("ID") or reference.get("URI") != f"#{home.get('ID')}":
        raise refused("reference")
    _take_out(signatures[0])
    covered = canonical(home, _transforms(reference))
    if not compare_digest(_digest(reference, covered), _bytes(only(reference, f"{SIGNATURE}DigestValue", "digest"))):
        raise refused("digest")
    return covered


def _parts(signature: Element) -> tuple[Element, Element]:
    """SignedInfo and SignatureValue; beside them there may be KeyInfo, which is not read, and nothing else."""
    parts = list(signature.iterchildren(etree.Element))
    names = [etree.QName(part).localname for part in parts]
    if names not in (["SignedInfo", "SignatureValue"], ["SignedInfo", "SignatureValue", "KeyInfo"]):
        raise refused("signature_shape")
    return parts[0], parts[1]


def _transforms(reference: Element) -> list[str]:
    """The prefixes of the second transform, the two being what they must."""
    transforms = children(only(reference, f"{SIGNATURE}Transforms", "algorithm"), f"{SIGNATURE}Transform")
    if [one.get("Algorithm") for one in transforms] != [ENVELOPED, EXCLUSIVE]:
        raise refused("algorithm")
    return _prefixes(transforms[1])


def _prefixes(method: Element) -> list[str]:
    return [word for one in children(method, f"{{{EXCLUSIVE}}}InclusiveNamespaces") for word in _words(one)]


def _words(inclusive: Element) -> Iterator[str]:
    yield from inclusive.get("PrefixList", "").split()


def _digest(reference: Element, covered: bytes) -> bytes:
    algorithm = DIGESTS.get(only(reference, f"{SIGNATURE}DigestMethod", "digest").get("Algorithm"))
    if algorithm is None:
        raise refused("algorithm")
    digest = hashes.Hash(algorithm)
    digest.update(covered)
    return digest.finalize()


def _holds(key: Key, algorithm: str, signature: bytes, message: bytes) -> bool:
    """Whether `key` made this signature; the kind of the key and the algorithm must go together."""
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm in RSA:
            key.verify(signature, message, padding.PKCS1v15(), RSA[algorithm])
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm in ECDSA:
            key.verify(_der(signature, key), message, ec.ECDSA(ECDSA[algorithm]))
            return True
    except InvalidSignature:
        return False
    return False


def _der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """An ECDSA signature of XML (r and s side by side; RFC 4050) as ASN.1."""
    half = (key.key_size + 7) // 8
    if len(signature) != 2 * half:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))


def _take_out(signature: Element) -> None:
    """Away with it, but not with the text that follows it, which is signed."""
    before, parent = signature.getprevious(), signature.getparent()
    tail, signature.tail = signature.tail or "", None
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(signature)


def _bytes(element: Element) -> bytes:
    try:
        return b64decode("".join(text_of(element, "signature").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise refused("signature") from error

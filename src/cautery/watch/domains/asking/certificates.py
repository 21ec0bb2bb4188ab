"""Looks at the certificate a site shows: once as a browser would, and where that fails once more, to see what it shows."""

from __future__ import annotations

import asyncio
import ssl

from cautery.core.domains import Certificate
from cautery.core.domains.x509 import read_certificate
from cautery.core.errors import FileRefused, Unreachable
from cautery.fetch.dial import Dialler

PORT = 443
TIMEOUT_S = 10.0


def strict() -> ssl.SSLContext:
    """As a browser: the certificate must lead to a known root, be in time, and be for this name."""
    return ssl.create_default_context()


def lenient() -> ssl.SSLContext:
    """Takes any certificate, and what old servers still speak: nothing but the certificate is read over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    return context


async def certificate_of(dialler: Dialler, host: str, timeout_s: float = TIMEOUT_S) -> Certificate:
    """The certificate of a host, with why it does not hold. `FetchRefused` by the guard, `Unreachable`, `FileRefused`."""
    try:
        async with asyncio.timeout(timeout_s):
            try:
                return read_certificate(await _shown(dialler, host, strict()))
            except ssl.SSLCertVerificationError as error:
                problem = error.verify_message or "it does not verify"
            except ssl.SSLError as error:
                problem = f"a browser would not connect ({error.reason or 'TLS'})"
            return read_certificate(await _shown(dialler, host, lenient()), problem)
    except TimeoutError as error:
        raise Unreachable(f"{host} showed no certificate in time.", reason="timeout", host=host) from error
    except ssl.SSLError as error:
        raise Unreachable(
            f"{host} does not speak TLS ({error.reason or 'broken'}).", reason="tls", host=host
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Unreachable(f"{host} is not reached on port {PORT}: {why}.", reason="no_connection", host=host) from error


async def _shown(dialler: Dialler, host: str, context: ssl.SSLContext) -> bytes:
    line = await dialler.dial(host, PORT, context)
    try:
        spoken = line.writer.get_extra_info("ssl_object")
        shown: bytes | None = spoken.getpeercert(binary_form=True) if spoken is not None else None
    finally:
        line.writer.transport.abort()
    if not shown:
        raise FileRefused(f"{host} showed no certificate.", reason="no_certificate")
    return shown

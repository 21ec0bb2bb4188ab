"""Every setting the platform reads from the environment: name, default, what it is. docs/settings.md is tested against this."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cautery.core.errors import SettingInvalid


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default as text, what it means, and the words it may be (empty: free)."""

    default: str
    meaning: str
    choices: tuple[str, ...] = ()


SETTINGS: dict[str, Setting] = {
    "CAUTERY_ALLOWED_HOSTS": Setting(
        "localhost,127.0.0.1,[::1]", "Host names the web server answers to, separated by commas."
    ),
    "CAUTERY_CAPTURE": Setting(
        "full",
        "What the worker keeps of confirmed items: page bytes, media too, or all with a picture by Chromium.",
        ("none", "pages", "media", "full"),
    ),
    "CAUTERY_CAPTURE_MAX_BYTES": Setting("256000000", "Bytes of one response that a capture receives at most."),
    "CAUTERY_CAPTURE_TIMEOUT_S": Setting("60", "Seconds one exchange of a capture may take in all."),
    "CAUTERY_CHECKPOINTS": Setting(
        "",
        "File the log's signed checkpoints are mirrored to; best where a second party keeps it (empty: `checkpoints` in the data folder).",
    ),
    "CAUTERY_CLOCK_URL": Setting("", "Rehearsal only: where the world's clock is read."),
    "CAUTERY_CUSTODY_KEY": Setting(
        "",
        "File of the key that signs checkpoints, PEM, mode 0600, made on first use (empty: `custody.key` in the data folder).",
    ),
    "CAUTERY_DATA": Setting("var/data", "Folder of the register, the generated secret and the evidence."),
    "CAUTERY_DEPTH": Setting(
        "full",
        "full, or line: only the line from flag to report, without search for what comes back elsewhere, domains and the "
        "full-text index, and with fewer probes.",
        ("full", "line"),
    ),
    "CAUTERY_DESK_URL": Setting(
        "", "Address of the provider desk as providers reach it, named in mails about new notices (empty: not named)."
    ),
    "CAUTERY_EVIDENCE": Setting(
        "", "Where evidence is kept, write-once: a folder or s3://bucket/prefix (empty: `evidence` in CAUTERY_DATA)."
    ),
    "CAUTERY_EXITS": Setting(
        "", "Exits of units for captures, `unit=socks5h://host:port` by commas, `*` for all others (empty: direct)."
    ),
    "CAUTERY_EXTRA_RULES": Setting("", "Rehearsal only: a folder of further provider rules."),
    "CAUTERY_FETCH_CONCURRENCY": Setting("24", "Requests under way at once, over all hosts."),
    "CAUTERY_FETCH_GAP_S": Setting("0.1", "Seconds between two looks at one host (the rehearsal's own: none)."),
    "CAUTERY_FETCH_TIMEOUT_S": Setting("20", "Seconds one fetch may take in all."),
    "CAUTERY_HOST_MAP": Setting("", "Rehearsal only: a JSON file that leads .test hosts to loopback addresses."),
    "CAUTERY_HTTPS": Setting("0", "1 behind TLS: cookies are then sent over HTTPS only.", ("0", "1")),
    "CAUTERY_LOG_LEVEL": Setting("WARNING", "What is logged to standard error.", ("DEBUG", "INFO", "WARNING", "ERROR")),
    "CAUTERY_KEYS": Setting(
        "", "Folder of providers' keys and our own for mail and webhooks (docs/mail.md); empty: keys in CAUTERY_DATA."
    ),
    "CAUTERY_MAIL_BOX": Setting(
        "", "Where mail is fetched: imaps://user@host/FOLDER, or the folder of a Maildir (empty: nowhere)."
    ),
    "CAUTERY_MAIL_BOX_PASSWORD": Setting("", "File with the password of the mailbox."),
    "CAUTERY_MAIL_FROM": Setting(
        "referrals@cautery.invalid", "Sender of notices by e-mail; replies come to the same address."
    ),
    "CAUTERY_MAIL_LISTEN": Setting("", "host:port on which the worker takes incoming mail by SMTP (empty: none)."),
    "CAUTERY_MAIL_RELAY": Setting(
        "", "host:port of the mail relay; empty: the provider's own mail host (rehearsal: from the host map)."
    ),
    "CAUTERY_MAIL_TLS_REQUIRED": Setting(
        "0", "1: mail leaves only over TLS with a certificate that holds (a relay on loopback needs none).", ("0", "1")
    ),
    "CAUTERY_MAIL_TRUSTED_HOST": Setting(
        "", "Name of the receiving mail host whose Authentication-Results are believed (empty: reply tokens alone)."
    ),
    "CAUTERY_MODE": Setting(
        "production", "production, or rehearsal, which alone may reach loopback hosts.", ("production", "rehearsal")
    ),
    "CAUTERY_OCR": Setting(
        "",
        "What reads text in pictures: `tesseract`, `none`, or a command that reads a PNG and writes text (empty: Tesseract where it is installed).",
    ),
    "CAUTERY_OIDC_CLAIM": Setting(
        "",
        "Claim of the identity provider that is an officer's user name here (empty: officers connect their accounts themselves).",
    ),
    "CAUTERY_OIDC_CLIENT": Setting("", "Our client id at the identity provider."),
    "CAUTERY_OIDC_ISSUER": Setting(
        "",
        "Issuer of the identity provider officers may sign in with (OpenID Connect; empty: none). It may stand inside.",
    ),
    "CAUTERY_OIDC_NAME": Setting("your organisation", "What the identity provider is called on the sign-in page."),
    "CAUTERY_OIDC_SECRET": Setting(
        "", "File with our client secret at the identity provider (empty: a public client)."
    ),
    "CAUTERY_DNS": Setting(
        "", "host:port of the resolver that is asked about domains (empty: the system's; in a rehearsal none)."
    ),
    "CAUTERY_DOMAIN_ASKS": Setting(
        "auto",
        "What is asked about domains, by commas: rdap, whois, dns, tls, networks; none: nothing (auto: all in production; "
        "in a rehearsal RDAP at CAUTERY_RDAP_BASE, and DNS where CAUTERY_DNS is set).",
    ),
    "CAUTERY_ORIGIN_ZONES": Setting(
        "",
        "DNS zones that tell which autonomous system announces an address, for IPv4 and IPv6, by commas: "
        "origin.asn.cymru.com,origin6.asn.cymru.com (empty: only what RDAP says).",
    ),
    "CAUTERY_RDAP_BASE": Setting(
        "",
        "Base address of the one RDAP service that is asked about everything (empty: the registries' own, by IANA's list; "
        "in a rehearsal none).",
    ),
    "CAUTERY_RDAP_REFRESH": Setting(
        "weekly", "When the worker fetches IANA's lists of RDAP services anew (docs/domains.md).", ("weekly", "never")
    ),
    "CAUTERY_RETENTION": Setting(
        "",
        "A TOML file with the unit's terms of retention (empty: the ones in src/cautery/custody/personal/retention.toml).",
    ),
    "CAUTERY_SAML_ATTRIBUTE": Setting(
        "",
        "Attribute of the SAML identity provider (or NameID) that is an officer's user name here (empty: officers connect their accounts).",
    ),
    "CAUTERY_SAML_ENTITY": Setting(
        "", "Our entity id at the SAML identity provider (empty: the address of our metadata)."
    ),
    "CAUTERY_SAML_ISSUER": Setting(
        "", "Entity id of the identity provider, where its metadata describes several (empty: the one it describes)."
    ),
    "CAUTERY_SAML_KEY": Setting(
        "", "PEM file with an RSA key and its certificate to sign questions to the identity provider (empty: unsigned)."
    ),
    "CAUTERY_SAML_METADATA": Setting(
        "",
        "File or https address of the metadata of the identity provider officers may sign in with (SAML 2.0; empty: none). It may stand inside.",
    ),
    "CAUTERY_SAML_NAME": Setting("your organisation", "What the SAML identity provider is called on the sign-in page."),
    "CAUTERY_SECOND_FACTOR": Setting(
        "auto",
        "Who must prove a second factor at the desk: nobody, roles that sign, release or let others in, or all; "
        "auto: keys in production, none in a rehearsal.",
        ("auto", "none", "keys", "all"),
    ),
    "CAUTERY_SEND_TIMEOUT_S": Setting(
        "20", "Seconds a provider's API has to answer before the sending counts as uncertain."
    ),
    "CAUTERY_SESSION_HOURS": Setting("12", "Hours without a sign of life after which a session of the desk is over."),
    "CAUTERY_TSA_EVERY_S": Setting("600", "Seconds between two time-stamps while the log grows; one more at its end."),
    "CAUTERY_TSA_ROOTS": Setting(
        "", "PEM file of the certificates that time-stamps must lead to (empty: not checked)."
    ),
    "CAUTERY_TRANSLATE_URL": Setting(
        "",
        "Where the desk has pages translated: a service of your own that is asked as LibreTranslate is (empty: none).",
    ),
    "CAUTERY_TSA_URL": Setting(
        "", "Where checkpoints and signatures on notices are time-stamped (RFC 3161, over HTTP; empty: they are not)."
    ),
    "CAUTERY_SIGNING_KEY": Setting("", "PKCS#12 file with the key notices are signed with (empty: none, or a token)."),
    "CAUTERY_SIGNING_LABEL": Setting("", "Label of key and certificate on the PKCS#11 token."),
    "CAUTERY_SIGNING_SECRET": Setting(
        "", "File that holds the passphrase of the signing key, or the PIN of the token."
    ),
    "CAUTERY_SIGNING_TOKEN": Setting("", "PKCS#11 token to sign with, as library.so:token (empty: the file)."),
    "CAUTERY_TRUST": Setting("", "Folder of root certificates that signatures on notices are checked against."),
    "CAUTERY_USER_AGENT": Setting(
        "Cautery/0.1 (referral unit; contact in the notice)", "How the fetcher names itself."
    ),
    "CAUTERY_WHOIS": Setting(
        "*=whois.iana.org",
        "WHOIS servers by zone, zone=host or zone=host:port by commas, for zones without RDAP; `*` is asked who else knows.",
    ),
    "CAUTERY_WORDING": Setting(
        "", "Folder of wording and forms that goes before the shipped ones (docs/instruments.md)."
    ),
}


class Environment:
    """Reads SETTINGS from the environment and refuses values that cannot be right."""

    def text(self, name: str) -> str:
        return os.environ.get(name, SETTINGS[name].default)

    def choice(self, name: str) -> str:
        value = self.text(name)
        if value not in SETTINGS[name].choices:
            words = ", ".join(SETTINGS[name].choices)
            raise SettingInvalid(f"{name} is {value!r}.", setting=name, reason="not_a_choice", hint=f"One of: {words}.")
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name) == "1"

    def number(self, name: str, limit: float = 1e6) -> float:
        value = self.text(name)
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 < number < limit:
            raise SettingInvalid(f"{name} is {value!r}.", setting=name, reason="not_a_number", hint="A number above 0.")
        return number

    def words(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def pairs(self, name: str) -> dict[str, str]:
        """`name=value` pairs."""
        found = {
            key: value for key, mark, value in (word.partition("=") for word in self.words(name)) if mark and value
        }
        if len(found) != len(self.words(name)):
            raise SettingInvalid(
                f"{name} is {self.text(name)!r}.", setting=name, reason="not_pairs", hint="name=value, by commas."
            )
        return found

    def path(self, name: str) -> Path:
        return Path(self.text(name)).absolute()

    def optional_path(self, name: str) -> Path | None:
        return self.path(name) if self.text(name) else None


ENVIRONMENT = Environment()


def secret_key(data: Path) -> str:
    """The secret kept in the data folder, made on the first start (mode 0600)."""
    file = data / "secret.key"
    try:
        return file.read_text()
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # another process of the same start was first
    return file.read_text()

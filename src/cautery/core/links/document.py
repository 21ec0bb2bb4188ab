"""Writes docs/providers.md from the rule files: `python -m cautery.core.links.document [FILE]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from cautery.core.links.ruleset import Provider, Ruleset
from cautery.core.links.shapes import Shape

_HEAD = """\
# Providers and the kinds of object the library knows

Made by `make docs` from `src/cautery/core/links/rules/`; do not edit. One file there is one provider (or one family of
services of one shape): its hosts, the shapes of its addresses and its own examples. To add a provider, add a file.

Any other site follows the general rule: the provider is the registrable domain, a bare host is a `site`, what looks
like a profile an `account`, anything else a `page`; the key is host, path and the query without tracking parameters.
A mail address is a `mail` item of its domain. On a provider's hosts, an address of a shape no file knows is a `page`.
"""


def document(rules: Ruleset) -> str:
    """The page, in Markdown."""
    wrappers = [p for p in rules.providers if p.shapes and not _objects(p)]
    many = [p for p in rules.providers if p.each_host]
    single = [p for p in rules.providers if p not in wrappers and p not in many and (p.hosts or p.any_host)]
    return (
        "\n".join(
            [
                _HEAD,
                (
                    f"{len({p.slug for p in single})} providers, {len(many)} families of services "
                    f"({sum(len(p.hosts) for p in many)} hosts), {len(wrappers)} front ends and services that lead elsewhere.\n"
                ),
                "## Providers\n",
                *_table("Provider | Slug | Hosts | Kinds", (_row(p) for p in single)),
                "\n## Families of services\n",
                "Each host below is a provider of its own; the slug is the host.\n",
                *_table("Family | Hosts | Kinds", (f"{p.name} | {', '.join(p.hosts)} | {_kinds(p)}" for p in many)),
                "\n## Front ends and services that lead elsewhere\n",
                "What they show belongs to the provider it came from; `via` names them.\n",
                *_table("Service | Hosts | Names it goes by", (_wrapper(p) for p in wrappers)),
            ]
        )
        + "\n"
    )


def _objects(provider: Provider) -> list[Shape]:
    return [shape for _, shape in provider.shapes if not shape.refuse and not shape.target]


def _table(head: str, rows: Iterable[str]) -> list[str]:
    return [f"| {head} |", "| " + " | ".join("---" for _ in head.split("|")) + " |", *(f"| {row} |" for row in rows)]


def _row(provider: Provider) -> str:
    hosts = ", ".join([*provider.hosts[:6], *(["..."] if len(provider.hosts) > 6 else [])])
    hosts = f"any host; {hosts}".rstrip("; ") if provider.any_host else hosts
    schemes = "".join(f", `{scheme}:`" for scheme in provider.schemes)
    return f"{provider.name} | `{provider.slug}` | {hosts}{schemes} | {_kinds(provider)}"


def _kinds(provider: Provider) -> str:
    return ", ".join(provider.kinds) or "site, page"


def _wrapper(provider: Provider) -> str:
    return f"{provider.name} | {', '.join(provider.hosts)} | {', '.join(provider.labels)}"


def main() -> None:
    """Write the page to the file named, or to docs/providers.md."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/providers.md")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(document(Ruleset.default()), encoding="utf-8")


if __name__ == "__main__":
    main()

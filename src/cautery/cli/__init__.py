"""The door for the shell. Each command lives in a module of its own, read only when it is called, so that help is instant."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from cautery import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "exercise": ("cautery.cli.exercise", "Rehearse a whole operation against a world of nine fictional providers."),
    "intake": ("cautery.cli.intake", "Take a list of links (CSV, NDJSON or text) into the register."),
    "work": ("cautery.cli.work", "Run the pipeline: fetch, match, send, probe, watch."),
    "serve": ("cautery.cli.serve", "Serve the desk and the API, with a worker beside them."),
    "plan": ("cautery.cli.plan", "Say whom to act on together so that a network comes apart."),
    "report": ("cautery.cli.report", "Write an operation's report: report.json, report.html, report.pdf."),
    "capture": ("cautery.cli.capture", "Keep what addresses show, as evidence (WACZ); check and hand over packages."),
    "custody": (
        "cautery.cli.custody",
        "Check the custody log, prove and export it, keep terms: verify, prove, export.",
    ),
    "directory": ("cautery.cli.directory", "Import units, officers and providers; give an officer a password."),
    "known": ("cautery.cli.known", "Import known content into the bank."),
    "fingerprint": (
        "cautery.cli.fingerprint",
        "Say every fingerprint of pictures, videos, sound, PDFs, archives, texts.",
    ),
    "ocr": ("cautery.cli.ocr", "Read the text in pictures, with the program that is installed for it."),
    "scan": ("cautery.cli.scan", "Fingerprint a whole folder of files, resumable, with one report."),
    "links": ("cautery.cli.links", "Say what each link of a list, or each link in a text, stands for."),
    "availability": (
        "cautery.cli.availability",
        "Say whether pages are up, removed, private, blocked or moved, and why.",
    ),
    "domain": (
        "cautery.cli.domain",
        "Ask or read what is said of a domain: state, DNS, certificate, hosts; look-alikes.",
    ),
    "watch": ("cautery.cli.watch", "Put what was decided on under watch, and say why it says what it says."),
    "effect": ("cautery.cli.effect", "Estimate survival, returns and what was never found, from anybody's CSV."),
    "mail": ("cautery.cli.mail", "Say what incoming mail is: reply, bounce, machine's answer, report: classify."),
    "notice": ("cautery.cli.notice", "Print a draft of a notice; check the signature and completeness of one."),
    "doctor": ("cautery.cli.doctor", "Check this installation, and say how to mend what is wrong."),
}


class LazyGroup(TyperGroup):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, short = COMMANDS[cmd_name]
        if getattr(ctx, "resilient_parsing", False) or _only_lists(sys.argv[1:]):
            return typer.main.get_command(_named(cmd_name, short))
        command = typer.main.get_command(importlib.import_module(module).app)
        command.name = cmd_name
        return command


def _only_lists(arguments: list[str]) -> bool:
    """Whether this call only shows the list of commands."""
    return not arguments or arguments[0] in {"--help", "--version"}


def _named(name: str, short: str) -> typer.Typer:
    """A command that stands in the list with its line of help."""
    app = typer.Typer(add_completion=False)
    app.command(name, help=short)(lambda: None)
    return app


app = typer.Typer(
    cls=LazyGroup, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cautery {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and stop."
    ),
) -> None:
    """Referral operations against terrorist propaganda online: one register, two signatures, lawful notices, measured effect.

    Example: cautery exercise --flags 2000 --out var/exercise
    """


def main() -> None:
    """Run the command line."""
    app(prog_name="cautery")

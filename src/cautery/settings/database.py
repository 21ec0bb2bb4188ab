"""Which database, opened safely: an affected SQLite build is refused, PostgreSQL comes from DATABASE_URL."""

from __future__ import annotations

import importlib
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from cautery.core.errors import SettingInvalid

FIXED_SQLITE = (3, 51, 3)
"""Builds 3.7.0 to 3.51.2 can corrupt a WAL database that two connections write at once (sqlite.org, WAL-reset bug)."""

LIMITS = {"COLUMN": (2, 2_000), "VARIABLE_NUMBER": (9, 32_766)}
"""SQLite's own codes of the limits Django asks for, and their defaults (sqlite.org/c3ref/c_limit_attached.html)."""


def safe_sqlite() -> tuple[int, int, int]:
    """Put a SQLite without the WAL-reset bug in the place of the stock one; refuse to go on without."""
    try:
        build = importlib.import_module("pysqlite3")
    except ImportError:
        build = importlib.import_module("sqlite3")
    else:
        sys.modules["sqlite3"] = build
        sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
    version: tuple[int, int, int] = build.sqlite_version_info
    if version < FIXED_SQLITE:
        raise SettingInvalid(
            f"SQLite {'.'.join(map(str, version))} can corrupt a register that two processes write.",
            setting="sqlite",
            reason="wal_reset_bug",
            hint="Install pysqlite3 0.6.1 or later, or use PostgreSQL (DATABASE_URL).",
        )
    return version


def connection_class() -> type[Any]:
    """A connection that knows its limits: Django 6 asks `getlimit` (Python 3.11's sqlite3 has it), and pysqlite3 lacks it."""
    build = importlib.import_module("sqlite3")
    if hasattr(build.Connection, "getlimit"):
        return cast("type[Any]", build.Connection)
    for name in ("sqlite3", "sqlite3.dbapi2"):
        for category, (code, _) in LIMITS.items():
            setattr(sys.modules[name], f"SQLITE_LIMIT_{category}", code)
    with closing(build.connect(":memory:")) as probe:
        said = dict(row[0].partition("=")[::2] for row in probe.execute("PRAGMA compile_options"))
    limits = {code: int(said.get(f"MAX_{category}", usual)) for category, (code, usual) in LIMITS.items()}
    return type("Connection", (build.Connection,), {"getlimit": lambda _, category: limits[category]})


def database(url: str, data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for `url` (postgresql://user:password@host:port/name), or for the register in `data`."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "register.sqlite3"),
            "OPTIONS": {
                "factory": connection_class(),
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; "
                "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
            },
            "CONN_MAX_AGE": 30,  # a new connection knows how large the tables have grown
            "TEST": {"NAME": str(data / "test.sqlite3")},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingInvalid(
            "DATABASE_URL is not a PostgreSQL address.",
            setting="DATABASE_URL",
            reason="scheme",
            hint="postgresql://user:password@host:5432/name, or unset it for the embedded SQLite.",
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
    }

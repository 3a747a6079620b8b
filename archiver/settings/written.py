"""The settings written out: as a file, and as the table that people read."""

from __future__ import annotations

import json
import textwrap
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from archiver.settings.passwords import without_passwords
from archiver.settings.section import Section
from archiver.settings.whole import Settings


def as_toml(settings: Settings) -> str:
    """Return the settings as ``archiver.toml``: every one, its reason above it."""
    lines = [
        "# Every setting at its value, with unit and reason. Put what you change into",
        "# archiver.toml in the home directory, or into the environment: [net] allow is",
        "# ARCHIVER_NET__ALLOW='[\"10.1.0.0/16:443\"]'.",
    ]
    for name in Settings.model_fields:
        section = getattr(settings, name)
        if isinstance(section, Section):
            lines += ["", *_comment(type(section).__doc__ or ""), f"[{name}]"]
            lines += _section_lines(name, section)
    return "\n".join(lines) + "\n"


def _section_lines(name: str, section: Section) -> list[str]:
    lines: list[str] = []
    tables: list[str] = []
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        lines += ["", *_comment(field.description or "")]
        if (kind := _kind_of_table(field)) is None:
            lines.append(f"{key} = {_toml_value(value)}")
        elif value:
            for one in value:
                tables += ["", f"[[{name}.{key}]]", *_section_lines("", one)]
        else:
            lines += ["#", *_comment("Each has:"), *_as_comments(kind), f"{key} = []"]
    return lines + tables


def _kind_of_table(field: FieldInfo) -> type[Section] | None:
    """Return of what a setting is a list, when it is a list of tables."""
    inner = next(iter(get_args(field.annotation)), None)
    return inner if isinstance(inner, type) and issubclass(inner, Section) else None


def _as_comments(kind: type[Section]) -> list[str]:
    """Return what a table of a list holds: names, defaults and reasons."""
    lines: list[str] = []
    for key, field in kind.model_fields.items():
        value = "…" if field.is_required() else _toml_value(field.default)
        text = f"{key} = {value}: {field.description}"
        lines += textwrap.wrap(text, 96, initial_indent="#   ", subsequent_indent="#     ")
    return lines


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent="# ", subsequent_indent="# ")


def _toml_value(value: object) -> str:
    """Return a TOML literal; JSON's are the same for text, numbers, booleans and lists."""
    if isinstance(value, SecretStr):
        return '""  # set, not shown' if value.get_secret_value() else '""'
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k)} = {_toml_value(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, str) and (shown := without_passwords(value)) != value:
        return f"{json.dumps(shown, ensure_ascii=False)}  # the password is set, not shown"
    return json.dumps(value, ensure_ascii=False)


def as_table(settings: Settings) -> str:
    """Return the settings as the Markdown table of the README."""
    rows = ["| setting | default | what and why |", "|---|---|---|"]
    for name in Settings.model_fields:
        section = getattr(settings, name)
        if isinstance(section, Section):
            rows += _rows(f"{name}.", type(section))
    return "\n".join(rows) + "\n"


def _rows(prefix: str, kind: type[Section]) -> list[str]:
    rows: list[str] = []
    for key, field in kind.model_fields.items():
        default = "" if field.is_required() else f"`{_toml_value(field.default)}`"
        rows.append(f"| `{prefix}{key}` | {default} | {field.description} |")
        if (of_table := _kind_of_table(field)) is not None:
            rows += _rows(f"{prefix}{key}.", of_table)
    return rows

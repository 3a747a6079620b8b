"""``archiver source URL…``: which source each address names, without asking anybody."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from archiver.cli.options import Json, command
from archiver.cli.output import print_json, table
from archiver.errors import AddressError, InputError
from archiver.model.source import SourceRef
from archiver.platforms import recognise
from archiver.platforms._address import without_user


def source(
    addresses: Annotated[
        list[str],
        typer.Argument(help="Addresses, or - for one a line on standard input.", metavar="URL..."),
    ],
    json: Json = False,
) -> None:
    """Print which source each address names; nothing is asked, opened or stored."""
    named = [(address, _named(address)) for address in _given(addresses)]
    if not named:
        raise InputError("no address was given")
    if json:
        print_json({"sources": [_document(address, ref) for address, ref in named]})
    else:
        rows = [[address, ref and ref.name, ref and ref.url] for address, ref in named]
        table(["address", "source", "url"], rows)


def _given(addresses: list[str]) -> Iterator[str]:
    for address in addresses:
        if address != "-":
            yield _printable(address)
            continue
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", "replace").strip().removeprefix("\ufeff")
            if text:
                yield text


def _printable(argument: str) -> str:
    # Bytes of an argument that are no UTF-8 reach us as lone surrogates, which nothing can print.
    return argument.encode("utf-8", "replace").decode("utf-8")


def _named(address: str) -> SourceRef | None:
    try:
        return recognise(without_user(address))
    except AddressError:
        return None


def _document(address: str, ref: SourceRef | None) -> dict[str, str | None]:
    return {
        "address": address,
        "source": ref.name if ref else None,
        "url": ref.url if ref else None,
    }


app = command(source)

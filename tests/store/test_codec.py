"""Values of the model survive the way into the database and back, also over versions."""

from __future__ import annotations

import json
import typing
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from archiver.errors import StoreError
from archiver.model.citation import Author, FoundCitation
from archiver.model.inquiry import Hop, PageText, Reading
from archiver.model.observation import KeptAnswer, Vantage
from archiver.model.post import Medium, Post
from archiver.model.source import SourceRef
from archiver.store.codec import from_json, to_json
from archiver.store.columns import Day, Flag, Json, Moment, Span, Words, pack_text, unpack_text
from tests import build

KEPT_WHOLE = [Reading, KeptAnswer, Vantage, FoundCitation]
PARTS = [Post, Medium, PageText, Hop, SourceRef, Author]

texts = st.text(st.characters(codec=None), max_size=20)
moments = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(datetime, moments)
st.register_type_strategy(str, texts)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def values_of(kind: type) -> st.SearchStrategy[object]:
    """Build values of a model class from its annotations; a post quotes one level deep."""
    hints = typing.get_type_hints(kind)
    parts = {
        name: st.none() if name == "quoted" else st.from_type(hint) for name, hint in hints.items()
    }
    return st.builds(kind, **parts)


@pytest.mark.parametrize("kind", [*KEPT_WHOLE, *PARTS], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_value_comes_back_equal_through_json_text(kind: type, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    column, dialect = Json(), sqlite.dialect()

    stored = column.process_bind_param(to_json(value), dialect)

    assert stored is not None
    stored.encode()
    assert "\0" not in stored
    assert from_json(kind, column.process_result_value(stored, dialect)) == value


@given(texts)
def test_any_text_is_made_storable_and_comes_back(text: str) -> None:
    stored = pack_text(text)

    stored.encode()
    assert "\0" not in stored
    assert unpack_text(stored) == text


@pytest.mark.parametrize("text", ["", "plain", "مراقب 🛩", "a\x01b", "\u2028"])
def test_ordinary_text_is_stored_as_it_is(text: str) -> None:
    assert pack_text(text) == text


@given(first=moments, second=moments)
def test_times_sort_as_text_the_way_they_sort_as_times(first: datetime, second: datetime) -> None:
    column, dialect = Moment(), sqlite.dialect()
    stored = [str(column.process_bind_param(one, dialect)) for one in (first, second)]

    assert (stored[0] < stored[1]) == (first < second)
    assert column.process_result_value(stored[0], dialect) == first


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_no_column_makes_something_of_nothing(dialect) -> None:
    for column in (Moment(), Day(), Span(), Flag(), Words(), Json()):
        assert column.process_bind_param(None, dialect) is None
        assert column.process_result_value(None, dialect) is None


@dataclass(frozen=True)
class Before:
    """A value as an older version knows it."""

    name: str
    dropped: int = 0


@dataclass(frozen=True)
class After:
    """The same value as a newer version knows it."""

    name: str
    tags: tuple[str, ...] = ()
    seen: tuple[date, ...] | None = field(default_factory=tuple)


def test_a_row_of_an_older_version_is_read_with_defaults_for_what_it_lacks() -> None:
    assert from_json(After, to_json(Before("n", 7))) == After("n")


def test_a_row_that_lacks_what_has_no_default_is_an_error_that_names_it() -> None:
    with pytest.raises(StoreError, match=r"a stored After cannot be read: .*'name'"):
        from_json(After, {"tags": []})


@pytest.mark.parametrize(
    "changed",
    [
        {"signal": "no such signal"},
        {"reason": 7},
        {"confirmed": "yes"},
        {"media": None},
        {"post": {"id": "1"}},
        {"post": []},
    ],
    ids=str,
)
def test_a_row_of_the_wrong_shape_is_an_error(changed: dict[str, object]) -> None:
    row = {**to_json(build.reading()), **changed}

    with pytest.raises(StoreError, match="a stored Reading cannot be read"):
        from_json(Reading, row)


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 1, 1), object(), {"a": b"bytes"}],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_form_in_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_json(value)


def test_days_and_spans_have_a_form_in_json() -> None:
    plain = to_json({"day": date(2020, 1, 13), "lag": timedelta(days=-1, microseconds=1)})

    assert plain == {"day": "2020-01-13", "lag": -86_399_999_999}
    assert json.loads(json.dumps(plain)) == plain


FIRST_FIELDS = {
    "Reading": {"signal", "reason"},
    "KeptAnswer": {
        *("url", "final_url", "ask", "outcome", "at", "status"),
        *("headers", "body_sha256", "body_bytes"),
    },
    "Vantage": {"user_agent", "locale", "time_zone", "software"},
    "FoundCitation": {field.name for field in fields(FoundCitation)},
    "Post": {"id", "text", "author_id", "author_name", "handle", "created_at"},
    "Medium": {"key", "kind", "url"},
    "PageText": {"title", "visible", "main", "language"},
    "Hop": {"url", "status", "headers", "at"},
    "SourceRef": {"platform", "key", "url"},
    "Author": set(),
}


@pytest.mark.parametrize("kind", [*KEPT_WHOLE, *PARTS], ids=lambda kind: kind.__name__)
def test_a_field_added_since_the_first_version_has_a_default(kind: type) -> None:
    """Otherwise rows written before it could not be read."""
    needed = {
        one.name
        for one in fields(kind)
        if one.default is MISSING and one.default_factory is MISSING
    }

    assert needed <= FIRST_FIELDS[kind.__name__]

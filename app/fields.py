"""The building blocks of the API's schemas: query parameters, pages, problems, and fields of our own types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from app.db import MAX_IDEMPOTENCY_KEY_LENGTH
from app.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, PageRequest
from app.patterns import LIST_ITEM, PROSE, QUERY_TEXT, VISIBLE_ASCII, told
from app.problems import PROBLEM_CODES
from app.strict import Digits
from app.texts import MAX_PROSE_LENGTH, holds_controls
from matching.reference import LANGUAGES
from matching.sentences import Sentence

MAX_TEXT_LENGTH: Final = 200
MAX_LINE_LENGTH: Final = 500
MAX_LIST_LENGTH: Final = 200
MAX_AMOUNT_LENGTH: Final = 40


def refuse_control_characters(text: str) -> None:
    """Do nothing for a text that a database can hold.

    Raises
    ------
    ValidationError
        When there is a control character, such as NUL, or half a surrogate pair in it.
    """
    if holds_controls(text) or "\n" in text or "\t" in text:
        raise ValidationError("A control character cannot be used here; remove it.")


def text_field(
    description: str,
    *,
    max_length: int = MAX_TEXT_LENGTH,
    refused_when: str = "",
    **options: Any,  # noqa: ANN401 – passed on
) -> fields.String:
    """Return a query parameter that takes a text."""
    checks: list[Callable[[str], object]] = [validate.Length(max=max_length), refuse_control_characters]
    return fields.String(
        validate=checks,
        metadata=told(description=description, pattern=QUERY_TEXT, refused_when=refused_when),
        **options,
    )


def refuse_unwritable(text: str) -> None:
    """Do nothing for a text, of several lines maybe, that a database can hold.

    Raises
    ------
    ValidationError
        When there is a control character other than a line break or a tab in it.
    """
    refuse_control_characters(text.translate({ord(sign): " " for sign in "\n\r\t"}))


def prose_field(
    description: str,
    *,
    max_length: int = MAX_PROSE_LENGTH,
    says: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 – passed on
) -> fields.String:
    """Return a field of an input that takes a text; ``says`` is what the document says of it beyond its length."""
    checks: list[Callable[[str], object]] = [validate.Length(max=max_length), refuse_unwritable]
    return fields.String(
        validate=checks, metadata=told(description=description, **{"pattern": PROSE} | dict(says or {})), **options
    )


def list_field(
    description: str,
    *,
    min_length: int = 0,
    codes: Sequence[str] = (),
    says: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 – passed on
) -> fields.List[str]:
    """Return a field of an input that takes a list of codes of a set, or of what ``says`` tells."""
    item = fields.String(
        validate=[validate.Length(min=1, max=MAX_LINE_LENGTH), refuse_control_characters, _refuse_separator],
        metadata=told(enum=list(codes)) if codes else told(**{"pattern": LIST_ITEM} | dict(says or {})),
    )
    checks = validate.Length(min=min_length, max=MAX_LIST_LENGTH)
    return fields.List(item, validate=checks, metadata={"description": description}, **options)


def _refuse_separator(text: str) -> None:
    if ";" in text:
        raise ValidationError("Semicolons separate the parts of a list in a file; leave it out.")


class NoQuery(Schema):
    """No query parameters at all."""

    class Meta:
        """What is not known is refused."""

        unknown = RAISE


class PageQuery(NoQuery):
    """Which page of a list is wanted."""

    limit = Digits(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(min=1, max=MAX_LIMIT),
        metadata={"description": "How many rows the page has at most."},
    )
    cursor = text_field(
        "Where the page begins: the `next` of the page before.",
        max_length=MAX_CURSOR_LENGTH,
        refused_when="this list did not give it out (bad_cursor).",
    )


def page_request(query: dict[str, Any]) -> PageRequest:
    """Take the page out of the query parameters; what is left are filters."""
    return PageRequest(limit=query.pop("limit"), cursor=query.pop("cursor", None))


class Output(Schema):
    """What the API answers: every field is always there."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002 – marshmallow's own signature
        """Mark the field as always there, for the OpenAPI document."""
        field_obj.required = True


class Input(Schema):
    """What the API takes; a field that it does not know, or that nobody may set, is refused."""

    class Meta:
        """What is not known is refused."""

        unknown = RAISE


class IdempotencyHeader(Schema):
    """The key with which a request can be sent again."""

    class Meta:
        """Of the other headers nothing is wanted."""

        unknown = EXCLUDE

    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        validate=[validate.Length(min=1, max=MAX_IDEMPOTENCY_KEY_LENGTH), validate.Regexp(r"[!-~]+\Z")],
        metadata=told(
            description="Any text of the caller's; a request that is sent again with it is done once.",
            pattern=VISIBLE_ASCII,
            refused_when="it was sent before with another request (idempotency_key_reused).",
        ),
    )


class PageInfo(Output):
    """Where a list goes on."""

    next = fields.String(allow_none=True, metadata={"description": "The cursor of the next page; null on the last."})


class InputError(Schema):
    """One thing that is wrong in a request."""

    pointer = fields.String(required=True, metadata={"description": "Where: a JSON pointer into the request."})
    detail = fields.String(required=True)
    parameter = fields.String(metadata={"description": "The name of the query parameter, where it is one."})


class Problem(Schema):
    """An RFC 9457 problem document."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(
        required=True,
        validate=validate.OneOf(PROBLEM_CODES),
        metadata={"description": "A stable word for the kind of problem."},
    )
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(InputError))


class Shown(fields.Field[Any]):
    """A value that is written through a function; with ``is_whole`` the function gets the whole object."""

    def __init__(self, show: Callable[[Any], Any], *, is_whole: bool = False, **options: Any) -> None:  # noqa: ANN401 – passed on
        super().__init__(**options)
        self._show = show
        self._is_whole = is_whole
        self._CHECK_ATTRIBUTE = not is_whole

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:  # noqa: ANN401, ARG002 – marshmallow's own signature
        shown = obj if self._is_whole else value
        return None if shown is None else self._show(shown)


class ShownObject(Shown):
    """A value that is written as a JSON object through a function."""


class ShownList(Shown):
    """A value that is written as a JSON array through a function."""


def word_field(words: type[StrEnum], **options: Any) -> fields.String:  # noqa: ANN401 – passed on
    """Return a field for a word of a closed set that is kept in a document, as it is spelled."""
    return fields.String(validate=validate.OneOf([word.value for word in words]), **options)


def instant_field(**options: Any) -> Shown:  # noqa: ANN401 – passed on
    """Return a field for an instant, written as ISO 8601 with Z."""
    return Shown(iso_instant, metadata={"format": "date-time"}, **options)


def amount_field(description: str) -> Shown:
    """Return a field for a sum of money, written as a plain decimal, to the digit."""
    return Shown("{:f}".format, allow_none=True, metadata={"description": description})


def titles_field(column: str) -> ShownObject:
    """Return a field for a name in the six languages, kept in columns that end in the language."""
    languages = {language: {"type": "string"} for language in LANGUAGES}
    return ShownObject(
        lambda record: {language: getattr(record, f"{column}_{language}") for language in LANGUAGES},
        is_whole=True,
        metadata={"properties": languages, "additionalProperties": False},
    )


def sentence_field(**options: Any) -> Shown:  # noqa: ANN401 – passed on
    """Return a field for a stored sentence, ``{message, values}``, written in English."""
    return Shown(render_sentence, **options)


def render_sentence(stored: Mapping[str, Any]) -> str:
    """Return a stored sentence in English."""
    return str(Sentence(message=stored["message"], values=stored.get("values") or {}))


def iso_instant(value: datetime) -> str:
    """Return an instant as ISO 8601 with Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

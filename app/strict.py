"""Fields for values of which Python's own reading takes more spellings than JSON Schema does."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields

from app.patterns import LANGUAGE_TAG, NO_LANGUAGE, told
from matching.intake.languages import canonical_language

_DIGITS: Final = re.compile(r"[0-9]+")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Day(fields.Date):
    """A day as YYYY-MM-DD, where Python's own reading takes weeks and bare digits too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:  # noqa: ANN401 – marshmallow's own signature
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


class Digits(fields.Integer):
    """A whole number in a query parameter: digits and nothing else, where Python's own reading takes much more."""

    def _validated(self, value: Any) -> int:  # noqa: ANN401 – marshmallow's own signature
        if isinstance(value, str) and not _DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class WholeNumber(fields.Integer):
    """A whole number in a body: of JSON's numbers, 3 and 3.0 are one, and true and "3" are none."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 – passed on
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:  # noqa: ANN401 – marshmallow's own signature
        return super()._validated(int(value) if isinstance(value, float) and value.is_integer() else value)


class Language(fields.String):
    """A language in a query parameter, by the one code that records have: ``en``, ``en-GB`` and ``eng`` are one."""

    def __init__(self, description: str) -> None:
        super().__init__(metadata=told(description=description, pattern=LANGUAGE_TAG, refused_when=NO_LANGUAGE))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ANN401 – marshmallow's own signature
        code = canonical_language(super()._deserialize(value, attr, data, **options))
        if code is None:
            raise ValidationError("This is no language; give its BCP 47 tag or ISO 639 code, such as en, fr or ara.")
        return code


class TrueOrFalse(fields.Boolean):
    """One of JSON's two booleans, where Python's own reading takes 1, "yes" and much more."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:  # noqa: ANN401 – marshmallow's own signature
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **options))

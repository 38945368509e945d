"""The codes that a request may name, for the OpenAPI document; whether one is taken is decided where files are read."""

from __future__ import annotations

from typing import Final

from app.datafiles import DATA_FOLDER, read_rows
from matching.intake.currencies import CURRENCIES
from matching.reference import EVERYBODY
from matching.vocabulary import Mode

_REFERENCE: Final = DATA_FOLDER / "reference"
_GROUP_FILES: Final = ("groups.csv", "regions.csv")

STATE_CODES: Final = tuple(row["iso3"] for row in read_rows(_REFERENCE / "states.csv"))
GROUP_CODES: Final = tuple(sorted({row["code"] for name in _GROUP_FILES for row in read_rows(_REFERENCE / name)}))
ELIGIBLE_CODES: Final = (EVERYBODY, *GROUP_CODES, *STATE_CODES)
AREA_CODES: Final = tuple(
    row["code"] for row in read_rows(DATA_FOLDER / "taxonomy" / "areas.csv") if not row["retired_in"]
)
AREA_CODE: Final = r"^[A-Z]{3}(\.[1-9][0-9]?)?$"
MODE_CODES: Final = tuple(mode.value for mode in Mode)
CURRENCY_CODES: Final = tuple(sorted(CURRENCIES))

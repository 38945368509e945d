"""One setting of the environment, and how its value is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import InvalidSettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of the environment."""

    name: str
    default: str
    help: str


def value_of(setting: Setting, environment: Mapping[str, str]) -> str:
    """Return what the environment gives, else the default."""
    return environment.get(setting.name, "").strip() or setting.default


def content_of(setting: Setting, environment: Mapping[str, str]) -> str | None:
    """Return what stands in the file that a setting names; None where there is none.

    Raises
    ------
    InvalidSettingError
        When it is there and cannot be read.
    """
    try:
        return Path(value_of(setting, environment)).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettingError(f"The file of {setting.name} cannot be read: {error}.") from error

"""Two runs side by side as a page and a file tell it: what was set differently in words, and a row for each need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask_babel import gettext

from app.filters import percent
from app.labels import ALLOCATION_RULES, COMPONENTS
from app.matches.comparison import RunComparison
from app.reports.names import Names
from app.tables import Cell, Table
from matching.differences import NeedDifference, PairView
from matching.groups import NEVER_SERVED
from matching.sentences import N_, Sentence

_PAIR_COLUMNS: Final = ("offer_id", "offer", "rank", "score")
NEED_COLUMNS: Final = (
    *("need_id", "need", "state", "change"),
    *(f"before_{column}" for column in _PAIR_COLUMNS),
    *(f"after_{column}" for column in _PAIR_COLUMNS),
    "reasons",
)

_SETTINGS: Final[Mapping[str, str]] = {
    "engine_version": N_("Version of the matcher"),
    "as_of": N_("As of"),
    "allocation": N_("How places are shared out"),
    "profile.name": N_("Profile"),
    "profile.version": N_("Version of the profile"),
    "profile.minimum_score": N_("Lowest score that is allocated"),
    "profile.background": N_("Background of the texts"),
}
_OF_COMPONENT: Final[Mapping[str, str]] = {
    "weights": N_("Weight of %(component)s"),
    "neutral": N_("What silence about %(component)s counts"),
}
_DIGEST: Final = re.compile(r"(?P<name>\S+) (?P<digest>[0-9a-f]{64})")
_N_DIGITS: Final = 12  # of a digest; nobody reads more


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting in words with its two values, either of them empty where a run has no such setting."""

    title: str
    before: str
    after: str


def list_settings(compared: RunComparison, names: Names) -> tuple[SettingLine, ...]:
    """Return what was set differently, in the reader's language."""
    return tuple(_line(key, pair, names) for key, pair in compared.settings.items())


def group_name(group: str, names: Names) -> str:
    """Return what a group is called that an equity floor may name."""
    return str(gettext("States never served before")) if group == NEVER_SERVED else names.token(group)


def titled_reasons(need: NeedDifference, compared: RunComparison) -> list[Sentence]:
    """Return why the outcome of a need differs, with titles and labels in place of ids and words of the matcher."""
    return [replace(reason, values=_titled(reason.values, compared)) for reason in need.reasons]


def needs_of_comparison(compared: RunComparison) -> Table:
    """Return a row for every need whose outcome differs."""
    return Table(name="comparison", columns=NEED_COLUMNS, rows=_rows(compared))


def settings_of_comparison(compared: RunComparison) -> Table:
    """Return a row for everything that was set differently."""
    rows = ((key, first, second) for key, (first, second) in compared.settings.items())
    return Table(name="settings", columns=("setting", "before", "after"), rows=rows)


def _line(key: str, pair: tuple[str, str], names: Names) -> SettingLine:
    kind, _, rest = key.removeprefix("profile.").partition(".")
    before, after = pair
    if key in _SETTINGS:
        title = str(gettext(_SETTINGS[key]))
        if key == "allocation":
            before, after = (str(gettext(ALLOCATION_RULES[rule])) for rule in pair)
    elif kind in _OF_COMPONENT:
        title = str(gettext(_OF_COMPONENT[kind], component=gettext(COMPONENTS[rest])))
    elif kind == "equity_floor":
        title = str(gettext("Floor for %(group)s", group=group_name(rest, names)))
        before, after = (share and percent(float(share)) for share in pair)
    elif found := _DIGEST.fullmatch(before or after):
        title = str(gettext("Digest of %(name)s", name=found["name"]))
        before, after = (_DIGEST.sub(lambda part: f"{part['digest'][:_N_DIGITS]}…", value) for value in pair)
    else:
        title = key
    return SettingLine(title, before, after)


def _titled(values: Mapping[str, str | int | float], compared: RunComparison) -> dict[str, str | int | float]:
    shown = dict(values)
    offer = compared.offer_by_name.get(str(values.get("offer")))
    if offer is not None:
        shown["offer"] = _quoted(offer.title)
    if "needs" in values:
        rows = [compared.need_by_name.get(name) for name in str(values["needs"]).split(", ")]
        shown["needs"] = ", ".join(_quoted(row.title) for row in rows if row) if all(rows) else values["needs"]
    if values.get("component") in COMPONENTS:
        shown["component"] = str(gettext(COMPONENTS[str(values["component"])]))
    return shown


def _quoted(title: str) -> str:
    # A title may run the other way than the sentence around it.
    return f"“\N{FIRST STRONG ISOLATE}{title}\N{POP DIRECTIONAL ISOLATE}”"


def _rows(compared: RunComparison) -> Iterator[Sequence[Cell]]:
    for need in compared.changed:
        row = compared.need_by_name[need.need_id]
        reasons = " ".join(map(str, need.reasons))
        pairs = (*_pair(need.before, compared), *_pair(need.after, compared))
        yield (need.need_id, row.title, ";".join(row.state_codes), need.change.value, *pairs, reasons)


def _pair(pair: PairView | None, compared: RunComparison) -> tuple[Cell, ...]:
    if pair is None:
        return (None,) * len(_PAIR_COLUMNS)
    return pair.offer_id, compared.offer_by_name[pair.offer_id].title, pair.rank, f"{pair.score:.6f}"

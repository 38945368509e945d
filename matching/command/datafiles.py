"""Loads the reference data of the ``data`` folder."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from matching.command.datafolder import DataFile
from matching.intake import StateEntry
from matching.intake.cells import day, whole_number
from matching.intake.languages import canonical_language
from matching.reference import (
    EVERYBODY,
    LANGUAGES,
    Area,
    Background,
    Gazetteer,
    Geography,
    Membership,
    Place,
    Reference,
    State,
    Taxonomy,
    TermsByLanguage,
)
from matching.tables import Row
from matching.vocabulary import Audience, Cue, Mode

DATA_FOLDER: Final = Path(__file__).resolve().parents[2] / "data"
BACKGROUND: Final = "background-1"
REGIONAL_GROUP: Final = "un_regional_group"
BLOC: Final = "bloc"
WORLD: Final = "001"  # the M49 code of the region that holds all others
_MAX_COUNT: Final = 10**9


def load_reference(
    *, as_of_on: date, states: Sequence[StateEntry] | None = None, folder: Path = DATA_FOLDER
) -> Reference:
    """Return the reference data as they stand on a day.

    Parameters
    ----------
    as_of_on
        The day on which memberships have to be in force.
    states
        What takes the place of the States and their groups, as ``matching.intake.read_states`` reads it from a file;
        the members of blocs stay those of the data folder.
    folder
        The data folder.

    Raises
    ------
    UnreadableTableError
        When a file is missing or faulty; its ``faults`` name file, line and column.
    """
    geography = _shipped_geography(folder, as_of_on) if states is None else _own_geography(states, folder, as_of_on)
    return Reference(
        geography=geography,
        taxonomy=_taxonomy(folder / "taxonomy"),
        background=_background(folder / "background"),
        gazetteer=_gazetteer(folder / "reference", geography.state_by_code.values()),
    )


def _by_language(row: Row, stem: str) -> dict[str, str]:
    """Return the texts of the columns ``stem_en`` to ``stem_ar`` that are not empty."""
    texts = {language: row.cells.get(f"{stem}_{language}", "").strip() for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def _shipped_geography(folder: Path, as_of_on: date) -> Geography:
    file = DataFile(folder / "reference" / "states.csv", "iso3", "name_en", "un_member", "languages_iso639_3")
    states = [_shipped_state(file, row) for row in file.rows]
    memberships = _memberships(folder, {state.code for state in states})
    return _geography(states, memberships, _titles(folder), as_of_on)


def _own_geography(states: Sequence[StateEntry], folder: Path, as_of_on: date) -> Geography:
    own = [membership for entry in states for membership in entry.memberships]
    blocs = [membership for membership in _memberships(folder, None) if membership.scheme == BLOC]
    titles = _titles(folder)
    for entry in states:
        titles.update({code: title for code, title in entry.title_by_region if title})
    return _geography([entry.state for entry in states], [*own, *blocs], titles, as_of_on)


def _shipped_state(file: DataFile, row: Row) -> State:
    codes = [canonical_language(part) for part in row.cells["languages_iso639_3"].split(";") if part.strip()]
    if None in codes:
        file.known(row, "languages_iso639_3", ())
    return State(
        code=row.cells["iso3"].strip(),
        names=_by_language(row, "name"),
        languages=tuple(dict.fromkeys(code for code in codes if code is not None)),
        is_un_member=file.known(row, "un_member", ("0", "1")) == "1",
    )


def _memberships(folder: Path, states: Container[str] | None) -> list[Membership]:
    """Return the dated memberships; where States are given, every one has to be of one of them."""
    path = folder / "reference" / "memberships.csv"
    file = DataFile(path, "state", "scheme", "code", "valid_from", "valid_until")
    return [
        Membership(
            state=file.known(row, "state", [row.cells["state"]] if states is None else states),
            scheme=row.cells["scheme"].strip(),
            code=row.cells["code"].strip(),
            valid_from_on=file.value(row, "valid_from", day),
            valid_until_on=file.value(row, "valid_until", day),
        )
        for row in file.rows
    ]


def _titles(folder: Path) -> dict[str, str]:
    """Return the English title of every group and region that an offer may name."""
    files = [
        DataFile(folder / "reference" / "regions.csv", "code", "title_en"),
        DataFile(folder / "reference" / "groups.csv", "code", "title_en"),
    ]
    return {row.cells["code"].strip(): row.cells["title_en"].strip() for file in files for row in file.rows}


def _geography(
    states: Sequence[State], memberships: Iterable[Membership], titles: Mapping[str, str], as_of_on: date
) -> Geography:
    state_by_code = {state.code: state for state in sorted(states, key=lambda state: state.code)}
    members: dict[str, set[str]] = {token: set() for token in titles}
    group_by_state: dict[str, str] = {}
    for membership in memberships:
        if membership.state in state_by_code and membership.holds_on(as_of_on):
            members.setdefault(membership.code, set()).add(membership.state)
            if membership.scheme == REGIONAL_GROUP:
                group_by_state[membership.state] = membership.code
    # A State's own code is never taken for a group's.
    members.update({code: {code} for code in state_by_code})
    members[EVERYBODY] = members[WORLD] = set(state_by_code)
    return Geography(
        state_by_code=state_by_code,
        members_by_token={token: frozenset(codes) for token, codes in sorted(members.items())},
        group_by_state=group_by_state,
        title_by_token=dict(titles),
    )


def _gazetteer(folder: Path, states: Iterable[State]) -> Gazetteer:
    """Return the names of places: the titles of regions and groups, and what else they and the States are called."""
    own = [Place(code=state.code, names={name: (text,) for name, text in state.names.items()}) for state in states]
    titles = [row for name in ("regions.csv", "groups.csv") for row in DataFile(folder / name, "code", "title_en").rows]
    named = [
        Place(
            code=row.cells["code"].strip(),
            names={name: (text,) for name, text in _by_language(row, "title").items()},
            is_organization=row.cells.get("scheme", "").strip() == BLOC,
        )
        for row in titles
    ]
    file = DataFile(folder / "place_names.csv", "code", "states", "organization", *LANGUAGES)
    more = [
        Place(
            code=row.cells["code"].strip(),
            names=_listed_by_language(row),
            states=frozenset(part.strip() for part in row.cells["states"].split(";") if part.strip()),
            is_organization=file.known(row, "organization", ("", "1")) == "1",
        )
        for row in file.rows
    ]
    cues = DataFile(folder / "place_cues.csv", "role", *LANGUAGES)
    return Gazetteer(
        places=(*own, *(place for place in named if place.code != WORLD), *more),
        cues={row.cells["role"].strip(): _listed_by_language(row) for row in cues.rows},
    )


def _taxonomy(folder: Path) -> Taxonomy:
    file = DataFile(folder / "areas.csv", "code", "parent", "title_en", "scope_en", "adjacent", "successor")
    codes = {row.cells["code"].strip() for row in file.rows}
    terms = _terms(folder / "terms.csv", "area", codes)
    links = _links(folder, codes)
    areas = {
        code: Area(
            code=code,
            parent=file.known(row, "parent", {"", *codes}) or None,
            titles=_by_language(row, "title"),
            scope=row.cells["scope_en"].strip(),
            terms=terms.get(code, {}),
            links=frozenset(links.get(code, ())),
            is_adjacent=file.known(row, "adjacent", ("", "0", "1")) == "1",
            successor=file.known(row, "successor", {"", *codes}) or None,
        )
        for row in file.rows
        for code in (row.cells["code"].strip(),)
        # Retired without a successor, it is no area any more; what still has its code says nothing by it.
        if row.cells["successor"].strip() or not row.cells.get("retired_in", "").strip()
    }
    releases = DataFile(folder / "releases.csv", "release").rows
    mode_terms = _terms(folder / "mode_terms.csv", "mode", {mode.value for mode in Mode})
    cue_terms = _terms(folder / "cue_terms.csv", "cue", {cue.value for cue in Cue})
    audience_terms = _terms(folder / "audience_terms.csv", "audience", {audience.value for audience in Audience})
    return Taxonomy(
        release=releases[-1].cells["release"].strip() if releases else "",
        area_by_code=areas,
        mode_terms={Mode(code): by_language for code, by_language in mode_terms.items()},
        cue_terms=cue_terms,
        audience_terms={Audience(code): by_language for code, by_language in audience_terms.items()},
        outside_terms=_terms_by_language(folder / "outside_terms.csv"),
    )


def _terms(path: Path, column: str, codes: Container[str]) -> Mapping[str, TermsByLanguage]:
    """Return the search terms by code and language."""
    file = DataFile(path, column, "language", "term")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in file.rows:
        by_language = found.setdefault(file.known(row, column, codes), {})
        language = file.known(row, "language", LANGUAGES)
        by_language[language] = (*by_language.get(language, ()), row.cells["term"].strip())
    return found


def _terms_by_language(path: Path) -> dict[str, tuple[str, ...]]:
    """Return all terms of a file by language."""
    file = DataFile(path, "language", "term")
    found: dict[str, tuple[str, ...]] = {}
    for row in file.rows:
        language = file.known(row, "language", LANGUAGES)
        found[language] = (*found.get(language, ()), row.cells["term"].strip())
    return found


def _links(folder: Path, codes: Container[str]) -> dict[str, list[tuple[str, str]]]:
    file = DataFile(folder / "crosswalk.csv", "area", "scheme", "code")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in file.rows:
        link = (row.cells["scheme"].strip(), row.cells["code"].strip())
        found.setdefault(file.known(row, "area", codes), []).append(link)
    return found


def _background(folder: Path) -> Background:
    """Return the frozen text statistics; the row without a token holds the number of texts."""
    file = DataFile(folder / f"{BACKGROUND}.csv", "token", "n_texts")
    counts = {row.cells["token"].strip(): file.value(row, "n_texts", _count) or 0 for row in file.rows}
    stop_words = _stop_words(folder / "stop-words.csv")
    glossary = DataFile(folder / "glossary.csv", *LANGUAGES)
    return Background(
        name=BACKGROUND,
        n_texts=max(1, counts.pop("", 0)),
        document_frequency=counts,
        stop_words=frozenset(word for words in stop_words.values() for word in words),
        stop_words_by_language=stop_words,
        glossary=tuple(_listed_by_language(row) for row in glossary.rows),
    )


def _stop_words(path: Path) -> dict[str, frozenset[str]]:
    file = DataFile(path, "language", "word")
    found: dict[str, set[str]] = {}
    for row in file.rows:
        found.setdefault(file.known(row, "language", LANGUAGES), set()).add(row.cells["word"].strip())
    return {language: frozenset(words) for language, words in found.items()}


def _listed_by_language(row: Row) -> dict[str, tuple[str, ...]]:
    return {
        language: tuple(word for part in row.cells[language].split(";") if (word := part.strip()))
        for language in LANGUAGES
    }


def _count(text: str) -> int:
    return whole_number(text, lowest=1, highest=_MAX_COUNT)

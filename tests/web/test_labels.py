"""Every word that a record or a result can hold has a label, and the labels are those of the data files."""

from __future__ import annotations

import csv
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask

from app import labels, record_labels
from app.accounts.models import Standing
from app.actor import Role, Scope
from app.filters import language_name, stated, web_address
from app.offers.labels import LabelAction
from app.offers.models import LabelState, Section
from app.organizations.models import OrganizationKind
from app.states.models import GroupScheme
from matching.coach import Check, Verdict
from matching.differences import Change
from matching.vocabulary import AllocationRule, Basis, Component, Mode, TandemKind, UnmetReason

DATA = Path(__file__).resolve().parent.parent.parent / "data"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (labels.MODES, Mode),
        (labels.COMPONENTS, Component),
        (labels.REASONS, UnmetReason),
        (labels.BASES, Basis),
        (labels.TANDEM_KINDS, TandemKind),
        (labels.GROUP_SCHEMES, GroupScheme),
        (labels.CHECKS, Check),
        (labels.VERDICTS, Verdict),
        (labels.CHANGES, Change),
        (labels.ALLOCATION_RULES, AllocationRule),
        (labels.ROLES, Role),
        (labels.SCOPES, Scope),
        (labels.ORGANIZATION_KINDS, OrganizationKind),
        (labels.STANDINGS, Standing),
        (record_labels.LABEL_STATES, LabelState),
        (record_labels.LABEL_STEPS, LabelAction),
        (record_labels.SECTIONS, Section),
    ],
)
def test_every_word_of_a_closed_set_has_a_label(known: dict[str, str], words: type[StrEnum]) -> None:
    labelled = set(known)

    assert labelled == {word.value for word in words}


def test_modes_are_called_what_the_taxonomy_calls_them() -> None:
    with (DATA / "taxonomy" / "modes.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["code"]: row["title_en"] for row in csv.DictReader(file)}

    assert {str(mode): label for mode, label in labels.MODES.items()} == titles


def test_every_taxonomy_of_the_crosswalk_has_a_label() -> None:
    with (DATA / "taxonomy" / "schemes.csv").open(encoding="utf-8", newline="") as file:
        schemes = {row["scheme"] for row in csv.DictReader(file)}

    assert schemes == set(labels.SCHEMES)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2019", "2019"),
        ("2018-06", "June 2018"),
        ("2018-06-01", "1 June 2018"),
        ("2018-13", "2018-13"),
        ("spring 2019", "spring 2019"),
    ],
)
def test_a_date_is_shown_as_far_as_it_is_stated(app: Flask, written: str, shown: str) -> None:
    with app.test_request_context("/"):
        readable = stated(written)

    assert readable == shown


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "French"), ("pt-BR", "Portuguese (Brazil)"), ("und-x", "und-x"), ("qqq", "qqq")]
)
def test_a_language_has_its_name_or_else_its_code(app: Flask, code: str, name: str) -> None:
    with app.test_request_context("/"):
        readable = language_name(code)

    assert readable == name


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("//example.org", ""),
        ("http://[", ""),
        ("not an address", ""),
    ],
)
def test_only_addresses_of_the_web_are_linked(written: str, linked: str) -> None:
    address = web_address(written)

    assert address == linked

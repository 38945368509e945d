"""Tells how many wrong policies the tests notice: ``python -m tests.access.mutate``, or ``make mutate``.

Each mutant lives in a process of its own that runs the tests until one fails. The table that repeats the policy cell by cell
comes first, for it takes a few seconds where a walk of all addresses takes minutes; ``--without-table`` leaves it out, and
tells what users would notice. See ``docs/decisions/0016-policy.md``.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import pytest

from app import create_app
from app.areas.profiles import released_reference
from app.config import Settings
from tests.access.mutants import ROOT, Mutant, every_mutant

# By what stands in the name of a mutant; the first line that fits.
LIKELIEST: Final[Sequence[tuple[Sequence[str], Sequence[str]]]] = (
    (("warm.py",), ("services/test_warm_coach",)),
    (
        ("statistic", "counting.py"),
        ("services/test_statistics", "forms/test_statistics_pages", "worlds/test_statistics_worlds"),
    ),
    (
        ("assessments/sharing", "assessments/views/sharing", "assessments/queries"),
        ("services/test_sharing", "forms/test_shared_assessments"),
    ),
    (("assessments/files", "assessments/loading"), ("services/test_answer_files",)),
    (("assessments/views",), ("forms/test_assessment_pages", "forms/test_shared_assessments")),
    (("assessments/",), ("services/test_assessments",)),
    (
        ("labels.py", "checklists.py", "principles.py"),
        ("services/test_labels", "forms/test_label_pages", "api/test_labels"),
    ),
    (
        ("views/release", "areas/", "touched.py"),
        (
            "forms/test_release_pages",
            "services/test_area_drafts",
            "services/test_area_releases_in_use",
            "api/test_area_releases",
        ),
    ),
    (("need_forms.py", "form_pages.py", "writing.py"), ("forms/test_need_forms", "forms/test_standing")),
    (("offer_forms.py", "views/offers.py"), ("forms/test_offer_forms", "forms/test_standing")),
    (
        ("views/needs.py",),
        ("forms/test_standing", "forms/test_need_forms", "web/test_previews", "web/test_hidden_records"),
    ),
    (("views/organizations.py",), ("accounts/test_organization_pages",)),
    (("may_let_in", "roles_to_give", "_require_heir"), ("services/test_inviting",)),
    (("accounts/",), ("services/test_people", "services/test_inviting")),
    (
        ("signatures.py", "signing.py", "filings.py", "partners_for"),
        ("services/test_signatures", "forms/test_signatures"),
    ),
    (("private.py", "secrets.py"), ("services/test_sealed_needs",)),
    (("exports.py",), ("services/test_exports",)),
    (("agreements.py", "moves.py"), ("services/test_agreements", "services/test_lives", "forms/test_standing")),
    (("previews.py",), ("api/test_previews", "web/test_previews")),
    (("answer_queries.py",), ("services/test_run_answers", "web/test_run_answers")),
    (("rankings.py",), ("api/test_rankings",)),
    (("sample.py",), ("services/test_sample",)),
    (("matches/",), ("services/test_pools", "services/test_match_runs", "services/test_queries_matches")),
    (("trail", "AUDITED", "auditing", " holds:"), ("services/test_trail",)),
    (("api/", "openapi", "schemas"), ("access/test_routes",)),
    (("RULES: need.", "SEEN_BY", "visible_to", "queries.py", "sight", "profiles.py"), ("access/test_sight",)),
    (("RULES: ", "GIVEN", "require", "services.py", "entries.py", "may"), ("access/test_operations",)),
    (("SECOND_FACTOR",), ("access/test_edges",)),
)
# The quick ones first.
NOTICED_BY_USERS: Final = (
    "accounts/test_login",
    "accounts/test_organization_pages",
    "api/test_tokens",
    "api/test_writes",
    "forms/test_assessment_pages",
    "forms/test_need_forms",
    "forms/test_offer_forms",
    "services/test_answer_files",
    "services/test_assessments",
    "services/test_exports",
    "services/test_inviting",
    "services/test_people",
    "services/test_pools",
    "services/test_sealed_needs",
    "services/test_sharing",
    "services/test_signatures",
    "services/test_trail",
    "services/test_warm_coach",
    "access/test_sight",
    "access/test_operations",
    "access/test_edges",
    "access/test_routes",
)
TOLD_TWICE: Final = ("services/test_access",)
LEAST_CAUGHT: Final = 0.95
TIMEOUT_SECONDS: Final = 1800

# What no test can tell from the right policy, with the reason; counted as escaped all the same.
ALIKE: Final = {
    "app/access/policy.py _organizations_for: for role, relations in RULES[permission].items() if relation in relations → without if": (
        "no rule is for the records of others alone"
    ),
    "app/access/visibility.py visible_to: if actor.is_system → never": "the system sees every visibility anyway",
    "app/access/visibility.py _by_visibility: Visibility.PROVIDERS not in seen or sees_for_whomever_chosen(actor) → without part 1": (
        "it narrows what is for providers to those who see none of it"
    ),
    "app/access/visibility.py sight: None if sees_for_whomever_chosen(actor) else actor.organizations_as(*CHOSEN_ROLES) → never": (
        "tells two apart who see the same, which costs a pool and shows nobody more"
    ),
    "app/access/visibility.py is_known_by_records: or_(false(), *(exists().where(_keeper(model) == organization_id, visible_to(actor, model)) → without part 1": (
        "it is there for a database without any such model"
    ),
    "app/assessments/views/sections.py _page: may(actor, Permission.ASSESSMENT_DRAFT, owner_id=assessment.organization_id) → True": (
        "a draft is seen by those alone who may change it"
    ),
    "app/assessments/views/pages.py _whole: may(actor, Permission.ASSESSMENT_DRAFT, owner_id=assessment.organization_id) → True": (
        "as above"
    ),
    "app/assessments/statistic_queries.py find_comparison: may(actor, Permission.STATISTICS_READ) → True": (
        "whose assessment is their own State's reads statistics too"
    ),
    "app/access/policy.py auditing: if actor.is_system → never": "the system may do everything without any role",
    "app/access/visibility.py _as_wide_as: for visibility in wide_enough if visibility is not Visibility.PRIVATE → without if": (
        "no circle is private, and private is the narrowest"
    ),
    "app/accounts/services.py add_user: require(actor, Permission.USER_INVITE, owner_id=organization.id) → None": (
        "to give a role takes the same permission, which is asked for next"
    ),
    "app/needs/private.py ambiguous_private_ids: visible_to(actor, Need) → true()": (
        "of the codes that it reads, those of the actor's own needs alone are looked up"
    ),
    "app/needs/queries.py _whole: sees_field_somewhere(actor, field) → False": (
        "what is not loaded at once is loaded when it is read"
    ),
    "app/accounts/services.py remove_affiliation: require(actor, Permission.USER_INVITE, owner_id=row.organization_id) → None": (
        "as above"
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mutant: the first test that noticed it, or nothing."""

    name: str
    caught_by: str


class _FirstFailure:
    """Remembers the first test that failed."""

    def __init__(self) -> None:
        self.test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid


@click.command()
@click.option("--sample", type=int, help="Take that many at random, the same each time.")
@click.option("--seed", default=1, show_default=True, help="Which sample.")
@click.option("--processes", default=2, show_default=True, help="How many at a time.")
@click.option("--only", default="", help="Take those whose names hold this text.")
@click.option("--without-table", "is_by_users", is_flag=True, help="Leave out the table that repeats the policy.")
@click.option("--list", "is_list", is_flag=True, help="Print the names and run nothing.")
def main(*, sample: int | None, seed: int, processes: int, only: str, is_by_users: bool, is_list: bool) -> None:
    """Run the tests against each mutant; end with 1 where fewer than 95 of 100 are caught."""
    mutants = [mutant for mutant in every_mutant() if only in mutant.name]
    if sample is not None:
        mutants = random.Random(seed).sample(mutants, min(sample, len(mutants)))
    if is_list:
        click.echo("\n".join(mutant.name for mutant in mutants))
        return
    _prepare({*TOLD_TWICE, *NOTICED_BY_USERS, *(name for _, likely in LIKELIEST for name in likely)})
    outcomes = list(_outcomes(mutants, processes, () if is_by_users else TOLD_TWICE))
    click.echo(_summary(outcomes))
    n_caught = sum(bool(outcome.caught_by) for outcome in outcomes)
    sys.exit(0 if n_caught >= LEAST_CAUGHT * len(outcomes) else 1)


def _prepare(tests: Collection[str]) -> None:
    """Come by whatever takes long before the processes part: the application, the areas, the modules of the tests."""
    create_app(Settings(database_url="sqlite://", secret_key=None))
    released_reference()
    if pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", *map(_path, tests)]) != pytest.ExitCode.OK:
        raise click.ClickException("The tests cannot be collected; run `make test` first.")
    # A collector that looks through all of this once more for each mutant takes longer than its tests.
    gc.freeze()


def _outcomes(mutants: Sequence[Mutant], processes: int, first: Sequence[str]) -> Iterator[Outcome]:
    with ThreadPoolExecutor(processes) as pool:
        return pool.map(lambda mutant: _outcome(mutant, [*first, *_likeliest_first(mutant)]), mutants)


def _outcome(mutant: Mutant, tests: Sequence[str]) -> Outcome:
    """Return what comes of a mutant, told as soon as it is known: all of them take a while."""
    caught_by = _first_failure(mutant, tests)
    click.echo(f"{'caught' if caught_by else 'ESCAPED':8} {mutant.name}  {caught_by}")
    return Outcome(mutant.name, caught_by)


def _likeliest_first(mutant: Mutant) -> Sequence[str]:
    """Return the tests that users stand for, those first that will most likely notice the mutant."""
    likely = next((tests for words, tests in LIKELIEST if any(word in mutant.name for word in words)), ())
    return list(dict.fromkeys([*likely, *NOTICED_BY_USERS]))


def _path(name: str) -> str:
    return str(ROOT / f"tests/{name}.py")


def _summary(outcomes: Sequence[Outcome]) -> str:
    escaped = [outcome.name for outcome in outcomes if not outcome.caught_by]
    n, n_caught = len(outcomes), len(outcomes) - len(escaped)
    told = [f"ESCAPED  {name}: {ALIKE.get(name, 'write the test that notices it')}" for name in escaped]
    return "\n".join(["", *told, f"{n_caught} of {n} caught ({n_caught / n:.1%})."])


def _first_failure(mutant: Mutant, tests: Sequence[str]) -> str:
    """Return the first test that fails with the mutant, run in a process of its own; none where all pass."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process = os.fork()
        if process == 0:
            _run(mutant, tests, folder)
        _, status = os.waitpid(process, 0)
        told = folder / "told"
        found = told.read_text(encoding="utf-8") if told.exists() else ""
    if status:
        raise click.ClickException(f"The tests of '{mutant.name}' did not come to an end: {found or status}")
    return found


def _run(mutant: Mutant, tests: Sequence[str], folder: Path) -> None:
    """Be the mutant, tell of the first failure in a file, and end this process."""
    signal.alarm(TIMEOUT_SECONDS)
    status = 1
    try:
        output = (folder / "output").open("w", encoding="utf-8")
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        mutant.apply()
        (folder / "told").write_text(_first_of(tests, folder), encoding="utf-8")
        status = 0
    except Exception as error:  # noqa: BLE001 – told to the process that waits
        (folder / "told").write_text(repr(error), encoding="utf-8")
    finally:
        # Nothing of the process that was copied may run to its end here.
        os._exit(status)


def _first_of(tests: Sequence[str], folder: Path) -> str:
    """Return the first test that fails, file after file; none where all pass."""
    for name in tests:
        first = _FirstFailure()
        options = ("-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", f"--basetemp={folder}/tests")
        ended = pytest.main([*options, _path(name)], plugins=[first])
        if ended != pytest.ExitCode.OK:
            return first.test or f"{name} ({ended!r})"
    return ""


if __name__ == "__main__":
    main()

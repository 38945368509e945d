"""Every address is walked by every role: it answers as the tables say that stand here a second time.

What decides at an address is what ``app.access.routes`` says and ``flask policy show`` prints. The databases differ in
nothing that is looked at here, so the walk is on SQLite; the conditions themselves are tested on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from app import create_app
from app.access.routes import DECIDERS, Openness
from app.access.vocabulary import Permission
from app.config import Settings
from tests.access import told_twice
from tests.access.callers import Caller
from tests.access.samples import (
    EXAMPLES,
    NAMES_OF_PARTS,
    QUERIES,
    Example,
    Filled,
    address_of,
    filler_of,
    nothing_instead_of,
)
from tests.access.site import Site, State, sees_run, told
from tests.support.papers import text_within

OWNERS: Final = ("own", "other", "third")
# How somebody is told to log in first: they are led there, or get back what they sent.
TURNED_AWAY: Final = {Openness.LOGGED_IN: 302, Openness.WRITER: 401}
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def _routes() -> dict[str, frozenset[str]]:
    """Return the methods of every address of the application."""
    app = create_app(Settings(database_url="sqlite://", secret_key=None))
    methods: dict[str, frozenset[str]] = {}
    for rule in app.url_map.iter_rules():
        methods[rule.rule] = methods.get(rule.rule, frozenset()) | (METHODS & (rule.methods or set()))
    return methods


METHODS_BY_ADDRESS: Final = _routes()
ROUTES: Final = tuple(f"{method} {rule}" for rule, methods in METHODS_BY_ADDRESS.items() for method in sorted(methods))
WALKED: Final = tuple(route for route in ROUTES if route in DECIDERS)
READ: Final = tuple(route for route in WALKED if route.startswith("GET "))
CHANGING: Final = tuple(route for route in WALKED if not route.startswith("GET "))


def test_every_route_says_what_decides_there() -> None:
    missing = [route for route in ROUTES if route not in DECIDERS]

    assert not missing, (
        f"Nothing says who may come to {', '.join(missing)}: add a line for each to DECIDERS in app/access/routes.py, and "
        "for what changes something an example to EXAMPLES in tests/access/samples.py; see docs/decisions/0016-policy.md."
    )


def test_no_line_is_left_of_a_route_that_is_gone() -> None:
    assert [route for route in (*DECIDERS, *EXAMPLES, *QUERIES) if route not in ROUTES] == []


@pytest.mark.parametrize("route", CHANGING)
def test_every_change_has_an_example_of_each_permission(route: str) -> None:
    asked = {permission for example in EXAMPLES.get(route, ()) for permission in example.asks}

    assert EXAMPLES.get(route), f"Add an example of what is sent to {route} to EXAMPLES in tests/access/samples.py."
    assert asked == {decider.value for decider in DECIDERS[route] if isinstance(decider, Permission)}


@pytest.mark.parametrize("route", READ)
def test_an_address_shows_what_the_tables_say(site: Site, route: str) -> None:
    """What may not be seen is answered as what never was, to the byte, and stands in no other answer either."""
    wrong = [
        f"{caller.name}: {told_wrong}"
        for caller in site.walkers_of(route)
        for filled in filler_of(route)(site.world, caller)
        for told_wrong in _wrong_of_reading(site, caller, route, filled)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("route", "example"),
    [
        pytest.param(route, example, id=f"{route}-{n}")
        for route in CHANGING
        for n, example in enumerate(EXAMPLES.get(route, ()))
    ],
)
def test_a_change_is_made_by_those_who_may(changing_site: Site, route: str, example: Example) -> None:
    """Whoever may not is refused, and nothing has changed then."""
    before, wrong = changing_site.state(), []
    for caller in changing_site.walkers_of(route):
        for filled in filler_of(route)(changing_site.world, caller):
            if not filled.visibility or filled.visibility in example.of:
                wrong += _wrong_of_changing(changing_site, caller, route, filled, example, before)

    assert wrong == []


@pytest.mark.parametrize("address", METHODS_BY_ADDRESS)
def test_an_address_takes_no_other_method(site: Site, address: str) -> None:
    callers = site.callers_of(f" {address}")[:2]
    filled = next(iter(filler_of(f" {address}")(site.world, callers[1])))
    for method in sorted(METHODS - METHODS_BY_ADDRESS[address]):
        statuses = {
            site.ask(caller, method, address_of(f" {address}", filled.values)).status_code for caller in callers
        }

        # A method that the address next to it takes is answered there: a file of that name, an id that is none.
        assert statuses <= {404, 405}, (method, address)


@pytest.mark.parametrize("route", [route for route in CHANGING if " /api/" not in route])
def test_a_form_of_another_site_is_refused(site: Site, route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(site.app.config, "WTF_CSRF_ENABLED", True)
    for caller in site.callers_of(route):
        for filled in filler_of(route)(site.world, caller):
            assert site.ask(caller, "POST", address_of(route, filled.values)).status_code == 400


def _wrong_of_reading(site: Site, caller: Caller, route: str, filled: Filled) -> Iterator[str]:
    if not _is_open(caller, route, filled):
        yield from _wrong_of_refusal(site, caller, route, filled)
        return
    hidden = list(site.hidden_from(caller))
    for query in ("", *QUERIES.get(route, ())):
        asked = address_of(route, filled.values, query)
        answer = site.ask(caller, "GET", asked)
        text = text_within(answer.data)
        if answer.status_code >= 400 or (_leads_to_login(answer.headers) and " /login" not in route):
            yield f"{asked}: {answer.status_code}"
        yield from (f"{asked} holds {one}" for one in hidden if one in text)
        yield from (f"{asked} lacks {one}" for one in _listed(site, caller, route) if one not in text)


def _is_open(caller: Caller, route: str, filled: Filled) -> bool:
    for decider in DECIDERS[route]:
        if decider is Openness.LOGGED_IN and not caller.is_logged_in:
            return False
        owners = (filled.owner,) if filled.owner else OWNERS
        if isinstance(decider, Permission) and not any(told_twice.may(caller, decider.value, own) for own in owners):
            return False
    return filled.is_seen


def _listed(site: Site, caller: Caller, route: str) -> Iterator[str]:
    """Yield what a list has to hold, each record by its name and each run by its id."""
    kind_by_list = {Openness.NEEDS: "need", Openness.OFFERS: "offer"}
    for decider in DECIDERS[route]:
        if decider in kind_by_list:
            yield from (
                record.name for record in site.world.of(kind_by_list[decider]) if told_twice.sees(caller, record)
            )
        if decider is Openness.RUNS:
            yield from (str(run.id) for run in site.world.runs if sees_run(caller, run))


def _wrong_of_refusal(site: Site, caller: Caller, route: str, filled: Filled) -> Iterator[str]:
    """Yield what tells that there is something where the caller should find nothing, or lets them in."""
    address = address_of(route, filled.values)
    answer = site.ask(caller, "GET", address)
    is_refused = answer.status_code in (401, 403, 404) or _leads_to_login(answer.headers)
    asks_more = any(decider is not Openness.NAMED for decider in DECIDERS[route])
    if asks_more and (filled.is_seen or not filled.visibility):
        if not is_refused:
            yield f"{address}: {answer.status_code}, not refused"
        return
    never = nothing_instead_of(filled.values)
    if not is_refused or told(answer, *_named(filled)) != site.told_of_nothing(caller, "GET", address_of(route, never)):
        yield f"{address}: {answer.status_code}, not as what never was"


def _wrong_of_changing(
    site: Site, caller: Caller, route: str, filled: Filled, example: Example, before: State
) -> Iterator[str]:
    method, address = route.split(" ", 1)[0], address_of(route, filled.values)
    before = site.prepare(example.first) if example.first else before
    answer = site.ask(caller, method, address, **_sent(route, example))
    status, state = answer.status_code, site.state()
    expected = _expected_of_changing(caller, route, filled, example)
    if (302 if _leads_to_login(answer.headers) and " /login" not in route else status) not in expected:
        yield f"{caller.name} {address}: {status}, not {expected}"
    if expected == (404,):
        nothing = address_of(route, nothing_instead_of(filled.values))
        never = site.told_of_nothing(caller, method, nothing, **_sent(route, example))
        if told(answer, *_named(filled)) != never:
            yield f"{caller.name} {address}: not as what never was"
    is_done = status < 400 and not _leads_to_login(answer.headers)
    is_refused = status in (401, 403, 404) or _leads_to_login(answer.headers)
    if state != before and (is_refused or (example.asks and not is_done)):
        yield f"{caller.name} {address}: {status}, and something has changed"
    if state == before and is_done and example.asks:
        yield f"{caller.name} {address}: {status}, and nothing has changed"
    if status not in (403, 404) or example.first:
        site.put_back()


def _expected_of_changing(caller: Caller, route: str, filled: Filled, example: Example) -> tuple[int, ...]:
    """Return the statuses that a change may have."""
    is_of_api = " /api/" in route
    owner = filled.owner or example.owner
    if caller.user_id is None and is_of_api:
        return (401,)
    turned_away = [status for openness, status in TURNED_AWAY.items() if openness in DECIDERS[route]]
    if turned_away and not caller.is_logged_in:
        return tuple(turned_away)
    if not filled.is_seen:
        return (404,)
    if not all(told_twice.may(caller, permission, owner) for permission in example.asks):
        # Whoever may do it elsewhere is told to name one of their own organizations.
        may_elsewhere = any(told_twice.may(caller, permission, own) for permission in example.asks for own in OWNERS)
        return (403, 422) if may_elsewhere and not filled.owner else (403,)
    # A form that was filled in wrong says so, and a page that was left goes on to another one.
    if is_of_api:
        return (200, 201, 204)
    return (200, 302, 303, 401, 422) if example.asks else (200, 302, 303, 401, 404, 422)


def _named(filled: Filled) -> Iterator[str]:
    """Yield the ids and codes that an address names; its parts are called the same whatever there is."""
    return (str(value) for name, value in filled.values.items() if name not in NAMES_OF_PARTS)


def _sent(route: str, example: Example) -> dict[str, object]:
    if " /api/" in route:
        return {"json": dict(example.body), "headers": {"If-Match": "*"} if route.startswith("PATCH") else {}}
    return {"data": dict(example.body)}


def _leads_to_login(headers: object) -> bool:
    location = getattr(headers, "get", dict)("Location") or ""
    return location.startswith("/login")

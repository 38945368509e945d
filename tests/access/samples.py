"""What the walk puts into addresses and sends to them: a new kind of address or of change needs a line here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.assessments.answers import EMPTY
from app.assessments.merging import marks_of
from tests.access import told_twice
from tests.access.callers import Caller
from tests.access.site import NEVER, sees_run
from tests.access.world import AN_OFFER, Record, World
from tests.factories.assessments import RELEASE

NAMES_OF_PARTS: Final = frozenset({"name", "section", "item"})
PARAMETER: Final = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Values for the parameters of an address, and whether the caller should see what they name, which somebody keeps."""

    values: Mapping[str, object]
    is_seen: bool = True
    owner: str = ""
    visibility: str = ""


@dataclass(frozen=True, kw_only=True)
class Example:
    """What is sent to change something, and the permissions that it takes, of the organization ``owner``.

    ``first`` is what has to be done to the database before it, in SQL. Where the address names a record, its organization counts, and ``of`` says for records of which visibilities this is.
    """

    body: Mapping[str, Any] = field(default_factory=dict)
    first: str = ""
    asks: tuple[str, ...] = ()
    owner: str = "own"
    of: tuple[str, ...] = ("private", "secretariat", "providers", "members", "public", "draft", "submitted")


Filler = Callable[[World, Caller], Iterable[Filled]]


def _records(kind: str) -> Filler:
    def fill(world: World, caller: Caller) -> Iterable[Filled]:
        for record in world.of(kind):
            yield _filled(record, told_twice.sees(caller, record), **{f"{kind}_id": record.id})

    return fill


def _filled(record: Record, is_seen: bool, **values: object) -> Filled:  # noqa: FBT001 – what the line above it says
    return Filled(values=values, is_seen=is_seen, owner=record.owner, visibility=record.word)


def _assessments(**others: object) -> Filler:
    def fill(world: World, caller: Caller) -> Iterable[Filled]:
        for one in world.assessments:
            is_seen = told_twice.sees_assessment(caller, one.owner, one.state)
            values = {"assessment_id": one.id, **others}
            yield Filled(values=values, is_seen=is_seen, owner=one.owner, visibility=one.state)

    return fill


def _shares(world: World, caller: Caller) -> Iterable[Filled]:
    for filled in _assessments()(world, caller):
        share_id = world.share_id_by_assessment[filled.values["assessment_id"]]
        yield replace(filled, values={**filled.values, "share_id": share_id})


def _runs(**others: object) -> Filler:
    def fill(world: World, caller: Caller) -> Iterable[Filled]:
        for run in world.runs:
            named = {"tandem_id": run.tandem_id} if "tandem_id" in others else others
            yield Filled(values={"run_id": run.id, **named}, is_seen=sees_run(caller, run))

    return fill


def _matches(world: World, caller: Caller) -> Iterable[Filled]:
    for run in world.runs:
        yield Filled(values={"match_id": run.match_id}, is_seen=sees_run(caller, run))


def _two_runs(world: World, caller: Caller) -> Iterable[Filled]:
    public = next(run for run in world.runs if run.visibility == "public")
    for run in world.runs:
        yield Filled(values={"before_id": run.id, "after_id": public.id}, is_seen=sees_run(caller, run))
        yield Filled(values={"before_id": public.id, "after_id": run.id}, is_seen=sees_run(caller, run))


def _organizations(name: str) -> Filler:
    def fill(_world: World, caller: Caller) -> Iterable[Filled]:
        for owner in ("own", "other", "third"):
            yield Filled(values={name: owner}, is_seen=told_twice.knows(caller, owner), owner=owner)

    return fill


def _people_of(name: str) -> Filler:
    def fill(_world: World, caller: Caller) -> Iterable[Filled]:
        for owner in ("own", "other", "third"):
            yield Filled(values={name: owner}, is_seen=told_twice.may(caller, "user:read", owner), owner=owner)

    return fill


def _members(name: str, *, is_disabled: bool = False, has_role: bool = False) -> Filler:
    def fill(world: World, caller: Caller) -> Iterable[Filled]:
        for member in world.members:
            if member.is_disabled is is_disabled:
                values = {name: member.owner, "person_id": member.user_id}
                is_seen = told_twice.may(caller, "user:read", member.owner)
                yield Filled(
                    values=values | ({"role_id": member.role_id} if has_role else {}),
                    is_seen=is_seen,
                    owner=member.owner,
                )

    return fill


def _events(world: World, caller: Caller) -> Iterable[Filled]:
    for record in world.records:
        is_told = told_twice.reads_event_on(caller, record)
        yield Filled(values={"event_id": world.event_id_by_record[record.id]}, is_seen=is_told, owner=record.owner)


def _of_people(name: str, ids: Callable[[World], Mapping[Any, Any]]) -> Filler:
    def fill(world: World, caller: Caller) -> Iterable[Filled]:
        for user_id, one_id in ids(world).items():
            yield Filled(values={name: one_id}, is_seen=caller.user_id == user_id)

    return fill


def _always(**values: object) -> Filler:
    return lambda _world, _caller: [Filled(values=values)]


# By the names of the parameters, or by the whole address where one name means several things.
FILLERS: Final[Mapping[str, Filler]] = {
    "": _always(),
    "need_id": _records("need"),
    "offer_id": _records("offer"),
    "assessment_id": _assessments(),
    "assessment_id section": _assessments(section="NORMS"),
    "assessment_id item": _assessments(item="NORM.A"),
    "assessment_id share_id": _shares,
    "release": _always(release=RELEASE),
    "run_id": _runs(),
    "run_id name": _runs(name="matches.csv"),
    "run_id tandem_id": _runs(tandem_id=None),
    "match_id": _matches,
    "before_id after_id": _two_runs,
    "session_id": _of_people("session_id", lambda world: world.session_id_by_user),
    "token_id": _of_people("token_id", lambda world: world.token_id_by_user),
    "secret": lambda world, _: [
        Filled(values={"secret": world.link}),
        Filled(values={"secret": NEVER[::-1]}, is_seen=False),
    ],
    "key_id": _of_people("key_id", lambda world: world.key_id_by_user),
    "handle": _organizations("handle"),
    "organization_id": _organizations("organization_id"),
    "/organizations/<handle:handle>/people": _people_of("handle"),
    "/api/v1/organizations/<handle:organization_id>/people": _people_of("organization_id"),
    "handle person_id": _members("handle"),
    "handle person_id role_id": _members("handle", has_role=True),
    "/organizations/<handle:handle>/people/<uuid:person_id>/enable": _members("handle", is_disabled=True),
    "organization_id person_id": _members("organization_id"),
    "organization_id person_id role_id": _members("organization_id", has_role=True),
    "event_id": _events,
    "filename": _always(filename="css/tandem.css"),
    "/areas/<code:code>": _always(code="IRC"),
    "/api/v1/areas/<code:code>": _always(code="IRC"),
    "/areas/releases/<code:release>": _always(release="2"),
    "/areas/releases/<code:release>/file": _always(release="2"),
    "/areas/releases/<code:release>/new": _always(release="2"),
    "/api/v1/areas/releases/<code:release>": _always(release="2"),
    "/api/v1/areas/releases/<code:release>/review": _always(release="2"),
    "/api/v1/areas/releases/<code:release>/areas": _always(release="2"),
    "release code": _always(release="2", code="GOV.1"),
    "incident": _always(incident="ransomware"),
    "/api/v1/incidents/<handle:code>": _always(code="ransomware"),
    "/api/v1/principles/<code:code>": _always(code="P1"),
    "/states/<code:code>": _always(code="XAA"),
    "/api/v1/states/<code:code>": _always(code="XAA"),
}

# Further forms of a page or list, in which no more may stand.
QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "GET /assessments/<uuid:assessment_id>/file": ("format=xlsx", "format=pdf"),
    "GET /assessments/<uuid:assessment_id>/gaps": ("format=pdf",),
    "GET /assessments/forms/<code:release>": ("format=xlsx",),
    "GET /api/v1/statistics": ("group=AFR",),
    "GET /areas/<code:code>": ("format=csv&table=needs", "format=csv&table=offers"),
    "GET /states/<code:code>": ("format=csv",),
    "GET /areas/releases/<code:release>/file": ("table=terms", "table=crosswalk"),
    "GET /needs": ("format=csv", "text=need-", "area=IRC", "state=XAA", "mode=training"),
    "GET /needs/<uuid:need_id>": ("format=csv",),
    "GET /offers": ("format=csv", "text=offer-", "area=IRC", "state=XAA", "mode=training", "label=none"),
    "GET /principles": ("format=csv",),
    "GET /offers/<uuid:offer_id>": ("format=csv",),
    "GET /match-runs": ("format=csv",),
    "GET /match-runs/<uuid:run_id>": ("format=csv", "format=csv&table=coverage", "format=csv&table=sensitivities"),
    "GET /api/v1/needs": ("text=need-", "area=IRC", "state=XAA", "mode=training", "language=en"),
    "GET /api/v1/offers": ("text=offer-", "area=IRC", "state=XAA", "mode=training", "language=en", "label=none"),
}

# What an address is not asked without.
REQUIRED: Final[Mapping[str, str]] = {
    "GET /api/v1/needs/<uuid:need_id>/preview": "as=members",
    "GET /api/v1/offers/<uuid:offer_id>/preview": "as=members",
}

_CODE: Final = {"code": "LAW", "title_en": "Law"}
_NO_DRAFT: Final = "UPDATE area_releases SET state = 'discarded' WHERE state = 'draft'"
_ADOPTED: Final = {"adopted_on": "2026-01-02", "review_on": "2199-01-01"}
_A_NEED: Final = {"states": ["XAA"], "title": "Train our incident responders", "areas": ["IRC"], "modes": ["training"]}
_AN_OFFER: Final = {"provider": "First Provider", "title": "Incident response training", "areas": ["IRC"]}
_CHANGED: Final = _A_NEED | {"version": "*", "priority": "5"}
_A_PERSON: Final = {"email": "new@example.org", "name": "Somebody new", "role": "provider"}
_AN_ANSWER: Final = {"NORM.A.base": json.dumps(dict(marks_of(EMPTY))), "NORM.A.priority": "5"}
_NOT_PRIVATE: Final = ("secretariat", "providers", "members", "public")
_SUBMIT: Final = ("need:draft", "need:submit")

_STEPS_OF_NEED: Final = (
    Example(body={"action": "withdraw"}, asks=("need:submit",)),
    Example(body={"action": "publish", "visibility": "members"}, asks=("need:submit",), of=("private",)),
    Example(body={"action": "submit", "visibility": "members"}, asks=("need:submit",), of=("private",)),
    Example(body={"action": "confirm"}, asks=("need:submit",), of=_NOT_PRIVATE),
    Example(body={"action": "take_up"}, asks=("need:review",), of=("submitted",)),
)
_A_LINE: Final = {"principle": "P1", "is_met": True}
_GRANT: Final = {"action": "grant", "reason": "All is well."}

_STEPS_OF_OFFER: Final = (
    Example(body={"action": "withdraw"}, asks=("offer:edit",)),
    Example(body={"action": "publish", "visibility": "members"}, asks=("offer:edit",), of=("private",)),
    Example(body={"action": "submit", "visibility": "members"}, asks=("offer:edit",), of=("private",)),
    Example(body={"action": "confirm"}, asks=("offer:edit",), of=_NOT_PRIVATE),
    Example(body={"action": "take_up"}, asks=("offer:review",), of=("submitted",)),
)

_ASKED: Final = Example(body={"action": "ask", "state": "XAB"}, asks=("need:submit",), of=("joint",))
_SIGNED: Final = Example(
    body={"action": "sign", "state": "XAA", "visibility": "members"}, asks=("need:sign",), of=("joint",)
)

EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "POST /login": (Example(),),
    "POST /login/second-factor": (Example(),),
    "POST /login/end": (Example(),),
    "POST /invitations/<string:secret>": (Example(),),
    "POST /login/second-factor/options": (Example(),),
    "POST /login/second-factor/key": (Example(),),
    "POST /login/passkey/options": (Example(),),
    "POST /login/passkey": (Example(),),
    "POST /account/security-keys": (Example(),),
    "POST /account/security-keys/options": (Example(),),
    "POST /account/security-keys/<uuid:key_id>/removal": (Example(),),
    "POST /organizations/<handle:handle>/people": (Example(body=_A_PERSON, asks=("user:invite",)),),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/link": (Example(asks=("user:invite",)),),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/roles/<uuid:role_id>/end": (
        Example(asks=("user:invite",)),
    ),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/disable": (Example(asks=("user:disable",)),),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/enable": (Example(asks=("user:disable",)),),
    "POST /needs/new": (
        Example(body=_A_NEED | {"organization": "own", "visibility": "private"}, asks=("need:draft",)),
        Example(body=_A_NEED | {"organization": "own", "visibility": "members"}, asks=_SUBMIT),
        Example(body=_A_NEED | {"organization": "other"}, asks=("need:draft",), owner="other"),
    ),
    "POST /needs/<uuid:need_id>/edit": (
        Example(body=_CHANGED | {"visibility": "private"}, asks=("need:draft",), of=("private",)),
        Example(body=_CHANGED | {"visibility": "members"}, asks=_SUBMIT, of=_NOT_PRIVATE),
        Example(body=_CHANGED | {"visibility": "secretariat"}, asks=_SUBMIT, of=("private",)),
        Example(body=_CHANGED | {"visibility": "private"}, asks=_SUBMIT, of=_NOT_PRIVATE),
    ),
    "POST /offers/new": (
        Example(body=_AN_OFFER | {"organization": "own"}, asks=("offer:edit",)),
        Example(body=_AN_OFFER | {"organization": "other"}, asks=("offer:edit",), owner="other"),
    ),
    "POST /offers/<uuid:offer_id>/edit": (
        Example(body=_AN_OFFER | {"version": "*", "visibility": "members"}, asks=("offer:edit",)),
    ),
    "POST /offers/<uuid:offer_id>/status": _STEPS_OF_OFFER,
    "POST /offers/<uuid:offer_id>/checklist": (Example(body={"P1": "yes", "seen": "*"}, asks=("offer:edit",)),),
    "POST /offers/<uuid:offer_id>/label": (Example(body=_GRANT | {"seen": "*"}, asks=("offer:label",)),),
    "PATCH /api/v1/offers/<uuid:offer_id>/checklist": (Example(body={"lines": [_A_LINE]}, asks=("offer:edit",)),),
    "PATCH /api/v1/offers/<uuid:offer_id>/label": (Example(body=_GRANT, asks=("offer:label",)),),
    "POST /needs/<uuid:need_id>/status": _STEPS_OF_NEED,
    "PATCH /api/v1/offers/<uuid:offer_id>/status": _STEPS_OF_OFFER,
    "PATCH /api/v1/needs/<uuid:need_id>/status": _STEPS_OF_NEED,
    "POST /needs/<uuid:need_id>/signatures": tuple(
        replace(example, body={**example.body, "version": "1"}) for example in (_ASKED, _SIGNED)
    ),
    "PATCH /api/v1/needs/<uuid:need_id>/signatures": (_ASKED, _SIGNED),
    "PATCH /api/v1/needs/<uuid:need_id>/agreement": (
        Example(body={"offer": str(AN_OFFER)}, asks=("need:review",), of=_NOT_PRIVATE),
    ),
    "POST /areas/releases": (Example(asks=("area:draft",), first=_NO_DRAFT),),
    "POST /areas/releases/<code:release>": (
        Example(body=_ADOPTED | {"action": "adopt"}, asks=("area:adopt",)),
        Example(body={"action": "discard"}, asks=("area:draft",)),
    ),
    "POST /areas/releases/<code:release>/file": (
        Example(body={"accepted": "code,title_en\nGOV.1,New\n"}, asks=("area:draft",)),
    ),
    "POST /areas/releases/<code:release>/new": (Example(body=_CODE, asks=("area:draft",)),),
    "POST /areas/releases/<code:release>/areas/<code:code>": (
        Example(body={"version": "*", "title_en": "New"}, asks=("area:draft",)),
    ),
    "POST /areas/releases/<code:release>/areas/<code:code>/move": (
        Example(body={"parent": "IRC"}, asks=("area:draft",)),
    ),
    "POST /areas/releases/<code:release>/areas/<code:code>/take-back": (Example(asks=("area:draft",)),),
    "POST /api/v1/areas/releases": (Example(asks=("area:draft",), first=_NO_DRAFT),),
    "PATCH /api/v1/areas/releases/<code:release>": (
        Example(body=_ADOPTED | {"state": "adopted"}, asks=("area:adopt",)),
        Example(body={"state": "discarded"}, asks=("area:draft",)),
    ),
    "POST /api/v1/areas/releases/<code:release>/areas": (
        Example(body={"code": "LAW", "titles": {"en": "Law"}}, asks=("area:draft",)),
    ),
    "PATCH /api/v1/areas/releases/<code:release>/areas/<code:code>": (
        Example(body={"titles": {"en": "New"}}, asks=("area:draft",)),
    ),
    "DELETE /api/v1/areas/releases/<code:release>/changes/<code:code>": (Example(asks=("area:draft",)),),
    "POST /api/v1/organizations": (
        Example(body={"code": "new-one", "name": "A new ministry", "kind": "state"}, asks=("organization:create",)),
    ),
    "POST /api/v1/organizations/<handle:organization_id>/people": (Example(body=_A_PERSON, asks=("user:invite",)),),
    "DELETE /api/v1/organizations/<handle:organization_id>/people/<uuid:person_id>/roles/<uuid:role_id>": (
        Example(asks=("user:invite",)),
    ),
    "POST /account/password": (Example(),),
    "POST /account/second-factor": (Example(),),
    "POST /account/sessions/<uuid:session_id>/end": (Example(),),
    "POST /account/tokens": (Example(body={"name": "Mine", "scope": "read", "days": "1"}),),
    "POST /account/tokens/<uuid:token_id>/revoke": (Example(),),
    "POST /api/v1/needs": (
        Example(body=_A_NEED | {"organization": "own", "visibility": "private"}, asks=("need:draft",)),
        Example(body=_A_NEED | {"organization": "own", "visibility": "members"}, asks=_SUBMIT),
        Example(body=_A_NEED | {"organization": "other"}, asks=_SUBMIT, owner="other"),
    ),
    "PATCH /api/v1/needs/<uuid:need_id>": (
        Example(body={"priority": 5}, asks=("need:draft",), of=("private",)),
        Example(body={"priority": 5}, asks=_SUBMIT, of=_NOT_PRIVATE),
        Example(body={"visibility": "secretariat"}, asks=_SUBMIT, of=("private",)),
        Example(body={"visibility": "private"}, asks=_SUBMIT, of=_NOT_PRIVATE),
    ),
    "POST /assessments": (
        Example(body={"organization": "own"}, asks=("assessment:draft",)),
        Example(body={"organization": "other"}, asks=("assessment:draft",), owner="other"),
    ),
    "POST /assessments/<uuid:assessment_id>": (
        Example(body={"action": "submit"}, asks=("assessment:submit",), of=("draft",)),
        Example(body={"action": "reopen"}, asks=("assessment:submit",), of=("submitted",)),
        Example(body={"action": "withdraw"}, asks=("assessment:submit",), of=("draft", "submitted")),
    ),
    "POST /assessments/<uuid:assessment_id>/file": (
        Example(body={"accepted": "item,priority\nGOV,5\n"}, asks=("assessment:draft",), of=("draft",)),
    ),
    "POST /assessments/<uuid:assessment_id>/sections/<handle:section>": (
        Example(body=_AN_ANSWER, asks=("assessment:draft",), of=("draft",)),
    ),
    "POST /assessments/<uuid:assessment_id>/sharing": (
        Example(body={"scope": "GOV", "visibility": "secretariat"}, asks=("assessment:submit",)),
    ),
    "POST /assessments/<uuid:assessment_id>/sharing/<uuid:share_id>/end": (Example(asks=("assessment:submit",)),),
    "POST /assessments/<uuid:assessment_id>/sharing/counting": (
        Example(body={"is_counted": "yes"}, asks=("assessment:submit",)),
    ),
    "PATCH /api/v1/assessments/<uuid:assessment_id>/counting": (
        Example(body={"is_counted": True}, asks=("assessment:submit",)),
    ),
    "POST /api/v1/assessments/<uuid:assessment_id>/shares": (
        Example(body={"scope": "GOV", "visibility": "secretariat"}, asks=("assessment:submit",)),
    ),
    "DELETE /api/v1/assessments/<uuid:assessment_id>/shares/<uuid:share_id>": (Example(asks=("assessment:submit",)),),
    "POST /assessments/<uuid:assessment_id>/answers/<code:item>": (
        Example(body=_AN_ANSWER, asks=("assessment:draft",), of=("draft",)),
    ),
    "POST /api/v1/assessments": (
        Example(body={"organization": "own"}, asks=("assessment:draft",)),
        Example(body={"organization": "other"}, asks=("assessment:draft",), owner="other"),
    ),
    "PATCH /api/v1/assessments/<uuid:assessment_id>": (
        Example(body={"state": "submitted"}, asks=("assessment:submit",), of=("draft",)),
        Example(body={"state": "draft"}, asks=("assessment:submit",), of=("submitted",)),
    ),
    "PATCH /api/v1/assessments/<uuid:assessment_id>/answers/<code:item>": (
        Example(body={"gaps": "No money"}, asks=("assessment:draft",), of=("draft",)),
    ),
    "POST /api/v1/offers": (
        Example(body=_AN_OFFER | {"organization": "own"}, asks=("offer:edit",)),
        Example(body=_AN_OFFER | {"organization": "other"}, asks=("offer:edit",), owner="other"),
    ),
    "PATCH /api/v1/offers/<uuid:offer_id>": (Example(body={"capacity": 3}, asks=("offer:edit",)),),
}
"""What is sent to each address that changes something, by method and address."""


def nothing_instead_of(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return the values with the id of nothing for each record that they name; a part of it keeps its name."""
    return {name: value if name in NAMES_OF_PARTS else NEVER for name, value in values.items()}


def filler_of(route: str) -> Filler:
    """Return what goes into an address."""
    address = route.split(" ", 1)[1]
    names = " ".join(PARAMETER.findall(address))
    filler = FILLERS.get(address) or FILLERS.get(names)
    if filler is None:
        raise AssertionError(f"Say in FILLERS of tests/access/samples.py what goes into {address}: under '{names}'.")
    return filler


def address_of(route: str, values: Mapping[str, object], query: str = "") -> str:
    """Return an address with values in the place of its parameters, and what it is asked with."""
    asked = "&".join(filter(None, (REQUIRED.get(route, ""), query)))
    return PARAMETER.sub(lambda found: str(values[found[1]]), route.split(" ", 1)[1]) + (f"?{asked}" if asked else "")

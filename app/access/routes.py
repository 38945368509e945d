"""What decides at each address: one line for each, printed with the policy, and walked by the tests with every role."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.access.policy import Permission


class Openness(StrEnum):
    """What decides where no permission is asked for."""

    ANYBODY = "anybody"
    NEEDS = "anybody: a list of the needs that one sees"
    OFFERS = "anybody: a list of the offers that one sees"
    RUNS = "anybody: a list of the runs that one sees"
    RECORDS = "anybody: of records, those that one sees"
    NAMED = "who sees what the address names"
    LOGGED_IN = "who is logged in, for themselves"
    WRITER = "who is logged in; to others it gives back what they sent"
    LINK = "who has the link"
    FIGURES = "this machine, and who has the token for figures"


Decider = Openness | Permission

DECIDERS: Final[Mapping[str, tuple[Decider, ...]]] = {
    "GET /static/<path:filename>": (Openness.ANYBODY,),
    "GET /healthz": (Openness.ANYBODY,),
    "GET /readyz": (Openness.ANYBODY,),
    "GET /metrics": (Openness.FIGURES,),
    # Accounts.
    "GET /login": (Openness.ANYBODY,),
    "POST /login": (Openness.ANYBODY,),
    "GET /login/next": (Openness.ANYBODY,),
    "GET /login/second-factor": (Openness.ANYBODY,),
    "POST /login/second-factor": (Openness.ANYBODY,),
    "POST /login/end": (Openness.ANYBODY,),
    "POST /login/second-factor/options": (Openness.ANYBODY,),
    "POST /login/second-factor/key": (Openness.ANYBODY,),
    "POST /login/passkey/options": (Openness.ANYBODY,),
    "POST /login/passkey": (Openness.ANYBODY,),
    "GET /invitations/<string:secret>": (Openness.LINK,),
    "POST /invitations/<string:secret>": (Openness.LINK,),
    "GET /account": (Openness.LOGGED_IN,),
    "GET /account/password": (Openness.LOGGED_IN,),
    "POST /account/password": (Openness.LOGGED_IN,),
    "GET /account/second-factor": (Openness.LOGGED_IN,),
    "POST /account/second-factor": (Openness.LOGGED_IN,),
    "POST /account/sessions/<uuid:session_id>/end": (Openness.LOGGED_IN,),
    "POST /account/tokens": (Openness.LOGGED_IN,),
    "POST /account/tokens/<uuid:token_id>/revoke": (Openness.LOGGED_IN,),
    "GET /account/security-keys": (Openness.LOGGED_IN,),
    "POST /account/security-keys": (Openness.LOGGED_IN,),
    "POST /account/security-keys/options": (Openness.LOGGED_IN,),
    "GET /account/security-keys/<uuid:key_id>/removal": (Openness.LOGGED_IN,),
    "POST /account/security-keys/<uuid:key_id>/removal": (Openness.LOGGED_IN,),
    # Pages.
    "GET /": (Openness.RECORDS,),
    "GET /about-data": (Openness.RECORDS,),
    "GET /areas": (Openness.RECORDS,),
    "GET /areas/<code:code>": (Openness.RECORDS,),
    "GET /incidents": (Openness.RECORDS,),
    "GET /incidents/<handle:incident>": (Openness.RECORDS,),
    "GET /states": (Openness.ANYBODY,),
    "GET /states/<code:code>": (Openness.NEEDS,),
    "GET /needs": (Openness.NEEDS,),
    "GET /needs/<uuid:need_id>": (Openness.NAMED,),
    "GET /needs/<uuid:need_id>/advice": (Openness.NAMED,),
    "GET /needs/<uuid:need_id>/ranking": (Permission.NEED_RANK_READ,),
    "GET /needs/<uuid:need_id>/preview": (Permission.NEED_PREVIEW,),
    "GET /needs/new": (Openness.LOGGED_IN, Permission.NEED_DRAFT),
    "POST /needs/new": (Openness.WRITER, Permission.NEED_DRAFT, Permission.NEED_SUBMIT),
    "GET /needs/<uuid:need_id>/edit": (Openness.LOGGED_IN, Permission.NEED_DRAFT),
    "POST /needs/<uuid:need_id>/edit": (Openness.WRITER, Permission.NEED_DRAFT, Permission.NEED_SUBMIT),
    "POST /needs/<uuid:need_id>/status": (Openness.LOGGED_IN, Permission.NEED_SUBMIT, Permission.NEED_REVIEW),
    "GET /needs/<uuid:need_id>/saved": (Openness.LOGGED_IN, Permission.NEED_DRAFT),
    "GET /offers": (Openness.OFFERS,),
    "GET /offers/<uuid:offer_id>": (Openness.NAMED,),
    "GET /offers/<uuid:offer_id>/preview": (Permission.OFFER_PREVIEW,),
    "GET /assessments": (Openness.LOGGED_IN, Openness.RECORDS),
    "POST /assessments": (Openness.WRITER, Permission.ASSESSMENT_DRAFT),
    "GET /assessments/<uuid:assessment_id>": (Openness.LOGGED_IN, Openness.NAMED),
    "POST /assessments/<uuid:assessment_id>": (Openness.WRITER, Permission.ASSESSMENT_SUBMIT),
    "GET /assessments/<uuid:assessment_id>/file": (Openness.LOGGED_IN, Openness.NAMED),
    "POST /assessments/<uuid:assessment_id>/file": (Openness.WRITER, Permission.ASSESSMENT_DRAFT),
    "GET /assessments/<uuid:assessment_id>/report": (Openness.LOGGED_IN, Openness.NAMED),
    "GET /assessments/forms/<code:release>": (Openness.ANYBODY,),
    "GET /assessments/<uuid:assessment_id>/gaps": (Openness.LOGGED_IN, Openness.NAMED),
    "GET /assessments/<uuid:assessment_id>/sections/<handle:section>": (Openness.LOGGED_IN, Openness.NAMED),
    "POST /assessments/<uuid:assessment_id>/sections/<handle:section>": (
        Openness.WRITER,
        Permission.ASSESSMENT_DRAFT,
    ),
    "GET /assessments/<uuid:assessment_id>/sharing": (Openness.LOGGED_IN, Permission.ASSESSMENT_READ),
    "POST /assessments/<uuid:assessment_id>/sharing": (Openness.WRITER, Permission.ASSESSMENT_SUBMIT),
    "POST /assessments/<uuid:assessment_id>/sharing/<uuid:share_id>/end": (
        Openness.WRITER,
        Permission.ASSESSMENT_SUBMIT,
    ),
    "POST /assessments/<uuid:assessment_id>/answers/<code:item>": (Openness.WRITER, Permission.ASSESSMENT_DRAFT),
    "GET /offers/new": (Openness.LOGGED_IN, Permission.OFFER_EDIT),
    "POST /offers/new": (Openness.WRITER, Permission.OFFER_EDIT),
    "GET /offers/<uuid:offer_id>/edit": (Openness.LOGGED_IN, Permission.OFFER_EDIT),
    "POST /offers/<uuid:offer_id>/edit": (Openness.WRITER, Permission.OFFER_EDIT),
    "POST /offers/<uuid:offer_id>/status": (Openness.LOGGED_IN, Permission.OFFER_EDIT, Permission.OFFER_REVIEW),
    "GET /offers/<uuid:offer_id>/saved": (Openness.LOGGED_IN, Permission.OFFER_EDIT),
    "GET /organizations": (Openness.RECORDS,),
    "GET /organizations/<handle:handle>": (Openness.NAMED,),
    "POST /organizations/<handle:handle>/people": (Openness.LOGGED_IN, Permission.USER_INVITE),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/link": (Openness.LOGGED_IN, Permission.USER_INVITE),
    "GET /organizations/<handle:handle>/people/<uuid:person_id>/roles/<uuid:role_id>/end": (
        Openness.LOGGED_IN,
        Permission.USER_INVITE,
    ),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/roles/<uuid:role_id>/end": (
        Openness.LOGGED_IN,
        Permission.USER_INVITE,
    ),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/disable": (
        Openness.LOGGED_IN,
        Permission.USER_DISABLE,
    ),
    "POST /organizations/<handle:handle>/people/<uuid:person_id>/enable": (Openness.LOGGED_IN, Permission.USER_DISABLE),
    "GET /audit": (Openness.LOGGED_IN, Permission.AUDIT_READ),
    "GET /match-runs": (Openness.RUNS,),
    "GET /match-runs/comparison": (Openness.RUNS,),
    "GET /match-runs/<uuid:run_id>": (Openness.NAMED,),
    "GET /match-runs/<uuid:run_id>/report": (Openness.NAMED,),
    "GET /match-runs/<uuid:run_id>/files/<string:name>": (Openness.NAMED,),
    "GET /match-runs/<uuid:run_id>/joint-needs/<uuid:tandem_id>": (Openness.NAMED,),
    # The API.
    "GET /api/v1/openapi.json": (Openness.ANYBODY,),
    "GET /api/v1/states": (Openness.ANYBODY,),
    "GET /api/v1/states/<code:code>": (Openness.ANYBODY,),
    "GET /api/v1/areas": (Openness.ANYBODY,),
    "GET /api/v1/areas/<code:code>": (Openness.ANYBODY,),
    "GET /api/v1/incidents": (Openness.ANYBODY,),
    "GET /api/v1/incidents/<handle:code>": (Openness.ANYBODY,),
    "GET /api/v1/questionnaires": (Openness.ANYBODY,),
    "GET /api/v1/questionnaires/<code:release>": (Openness.ANYBODY,),
    "GET /api/v1/questionnaires/<code:release>/form.pdf": (Openness.ANYBODY,),
    "GET /api/v1/questionnaires/<code:release>/form.xlsx": (Openness.ANYBODY,),
    "GET /api/v1/assessments": (Openness.RECORDS,),
    "POST /api/v1/assessments": (Permission.ASSESSMENT_DRAFT,),
    "GET /api/v1/assessments/<uuid:assessment_id>": (Openness.NAMED,),
    "PATCH /api/v1/assessments/<uuid:assessment_id>": (Permission.ASSESSMENT_SUBMIT,),
    "GET /api/v1/assessments/<uuid:assessment_id>/gaps": (Openness.NAMED,),
    "GET /api/v1/assessments/<uuid:assessment_id>/form.pdf": (Openness.NAMED,),
    "GET /api/v1/assessments/<uuid:assessment_id>/form.xlsx": (Openness.NAMED,),
    "GET /api/v1/assessments/<uuid:assessment_id>/report.pdf": (Openness.NAMED,),
    "GET /api/v1/assessments/<uuid:assessment_id>/gaps.pdf": (Openness.NAMED,),
    "GET /api/v1/assessments/<uuid:assessment_id>/answers/<code:item>": (Openness.NAMED,),
    "PATCH /api/v1/assessments/<uuid:assessment_id>/answers/<code:item>": (Permission.ASSESSMENT_DRAFT,),
    "GET /api/v1/assessments/<uuid:assessment_id>/shares": (Permission.ASSESSMENT_READ,),
    "POST /api/v1/assessments/<uuid:assessment_id>/shares": (Permission.ASSESSMENT_SUBMIT,),
    "DELETE /api/v1/assessments/<uuid:assessment_id>/shares/<uuid:share_id>": (Permission.ASSESSMENT_SUBMIT,),
    "GET /api/v1/needs": (Openness.NEEDS,),
    "GET /api/v1/needs/<uuid:need_id>": (Openness.NAMED,),
    "GET /api/v1/needs/<uuid:need_id>/coach": (Openness.NAMED,),
    "GET /api/v1/needs/<uuid:need_id>/duplicates": (Openness.NAMED,),
    "GET /api/v1/needs/<uuid:need_id>/ranking": (Permission.NEED_RANK_READ,),
    "GET /api/v1/needs/<uuid:need_id>/preview": (Permission.NEED_PREVIEW,),
    "POST /api/v1/needs": (Permission.NEED_DRAFT, Permission.NEED_SUBMIT),
    "PATCH /api/v1/needs/<uuid:need_id>": (Permission.NEED_DRAFT, Permission.NEED_SUBMIT),
    "GET /api/v1/needs/<uuid:need_id>/status": (Openness.NAMED,),
    "PATCH /api/v1/needs/<uuid:need_id>/status": (Permission.NEED_SUBMIT, Permission.NEED_REVIEW),
    "GET /api/v1/needs/<uuid:need_id>/agreement": (Permission.NEED_RANK_READ,),
    "PATCH /api/v1/needs/<uuid:need_id>/agreement": (Permission.NEED_REVIEW,),
    "GET /api/v1/offers/<uuid:offer_id>/places": (Permission.OFFER_PREVIEW,),
    "GET /api/v1/offers": (Openness.OFFERS,),
    "GET /api/v1/offers/<uuid:offer_id>": (Openness.NAMED,),
    "GET /api/v1/offers/<uuid:offer_id>/duplicates": (Openness.NAMED,),
    "GET /api/v1/offers/<uuid:offer_id>/preview": (Permission.OFFER_PREVIEW,),
    "POST /api/v1/offers": (Permission.OFFER_EDIT,),
    "PATCH /api/v1/offers/<uuid:offer_id>": (Permission.OFFER_EDIT,),
    "GET /api/v1/offers/<uuid:offer_id>/status": (Openness.NAMED,),
    "PATCH /api/v1/offers/<uuid:offer_id>/status": (Permission.OFFER_EDIT, Permission.OFFER_REVIEW),
    "GET /api/v1/organizations": (Openness.RECORDS,),
    "POST /api/v1/organizations": (Permission.ORGANIZATION_CREATE,),
    "GET /api/v1/organizations/<handle:organization_id>": (Openness.NAMED,),
    "GET /api/v1/organizations/<handle:organization_id>/people": (Permission.USER_READ,),
    "POST /api/v1/organizations/<handle:organization_id>/people": (Permission.USER_INVITE,),
    "GET /api/v1/organizations/<handle:organization_id>/people/<uuid:person_id>": (Permission.USER_READ,),
    "DELETE /api/v1/organizations/<handle:organization_id>/people/<uuid:person_id>/roles/<uuid:role_id>": (
        Permission.USER_INVITE,
    ),
    "GET /api/v1/audit-events": (Permission.AUDIT_READ,),
    "GET /api/v1/audit-events/<uuid:event_id>": (Permission.AUDIT_READ,),
    "GET /api/v1/match-runs": (Openness.RUNS,),
    "GET /api/v1/match-runs/<uuid:run_id>": (Openness.NAMED,),
    "GET /api/v1/match-runs/<uuid:run_id>/unmet-needs": (Openness.NAMED,),
    "GET /api/v1/match-runs/<uuid:run_id>/sensitivities": (Openness.NAMED,),
    "GET /api/v1/match-runs/<uuid:run_id>/coalitions": (Openness.NAMED,),
    "GET /api/v1/match-runs/<uuid:run_id>/pool-changes": (Openness.NAMED,),
    "GET /api/v1/match-runs/<uuid:before_id>/comparisons/<uuid:after_id>": (Openness.NAMED,),
    "GET /api/v1/matches": (Openness.RECORDS,),
    "GET /api/v1/matches/<uuid:match_id>": (Openness.NAMED,),
    "GET /api/v1/tandems": (Openness.RECORDS,),
}
"""By method and address; a record that the address names has to be seen as well, whatever else is asked for."""

"""A small site of its own for who answers for records: a State, a provider, the secretariat, and people of each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.authentication import SESSION_COOKIE
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import (
    create_audit_event,
    create_match,
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_unmet_need,
)
from tests.factories.accounts import actor_of, create_login, create_user
from tests.factories.answers import create_offer_duplicate

ROLES = ("recipient", "contributor", "provider", "secretariat", "analyst", "administrator")
HOME = {"recipient": "state-a", "contributor": "state-a", "provider": "provider-a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSite:
    """The ids of the records by visibility, and the cookie of somebody of each role."""

    app: Flask
    need_ids: dict[str, UUID]
    offer_ids: dict[str, UUID]
    narrow_offer_title: str
    cookie_by_role: dict[str, str]

    def client(self, role: str | None = None) -> FlaskClient:
        """Return the browser of somebody of the role; without one, of somebody without an account."""
        client = self.app.test_client()
        if role is not None:
            client.set_cookie(SESSION_COOKIE, self.cookie_by_role[role])
        return client


def build_kept_site(app: Flask) -> KeptSite:
    """Store needs of a State and offers of a provider at each visibility, matched in a run for everybody and one that is not."""
    database: Database = app.extensions[DATABASE_EXTENSION]
    with database.unit_of_work() as session:
        create_organization(session, "secretariat")
        state = create_organization(session, "state-a", kind=OrganizationKind.STATE)
        provider = create_organization(session, "provider-a", kind=OrganizationKind.PROVIDER)
        create_organization(session, "provider-b", kind=OrganizationKind.PROVIDER)
        users = {
            role: create_user(
                session,
                role,
                name=f"The {role}",
                organization=create_organization(session, HOME.get(role, "secretariat")),
            )
            for role in ROLES
        }
        needs = {
            visibility.value: create_need(
                session,
                title=f"Need for {visibility.value}",
                visibility=visibility,
                organization=state,
                excluded_providers=("Organization provider-b",),
            )
            for visibility in Visibility
        }
        offers = {
            visibility.value: create_offer(
                session, title=f"Offer for {visibility.value}", visibility=visibility, organization=provider
            )
            for visibility in Visibility
        }
        shared = create_match_run(session)
        create_match(session, run=shared, need=needs["public"], offer=offers["public"])
        narrow = create_match_run(session, visibility=Visibility.SECRETARIAT)
        for visibility in ("secretariat", "members", "public"):
            create_match(session, run=narrow, need=needs[visibility], offer=offers["secretariat"])
        create_unmet_need(session, run=narrow, need=needs["providers"])
        create_offer_duplicate(session, run=narrow, one=offers["public"], other=offers["secretariat"])
        for need in needs.values():
            create_audit_event(session, "need.updated", record_id=str(need.id), actor=actor_of(users["contributor"]))
        create_audit_event(
            session, "match_run.recorded", record_id=str(shared.id), actor=actor_of(users["secretariat"])
        )
        create_audit_event(session, "user.logged_in", record_id=str(users["recipient"].id))
        return KeptSite(
            app=app,
            need_ids={visibility: need.id for visibility, need in needs.items()},
            offer_ids={visibility: offer.id for visibility, offer in offers.items()},
            narrow_offer_title=offers["secretariat"].title,
            cookie_by_role={role: create_login(session, user) for role, user in users.items()},
        )

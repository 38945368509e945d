"""What a run in the database matches: the pool, the reference data of the day, and the digests of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from app.access.visibility import is_shared_with, visible_to
from app.actor import Actor
from app.areas.profiles import released_reference, taxonomy
from app.matches.agreements import taken_in_circle
from app.matches.disclosure import without_exclusions
from app.needs.models import Need
from app.needs.profiles import need_value, pool_of_needs
from app.offers.models import Offer
from app.offers.profiles import offer_value, pool_of_offers
from app.organizations.lives import takes_part_on
from app.states.profiles import geography_on
from matching.records import Pool
from matching.reference import Reference
from matching.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInput:
    """Everything that goes into a run, and which row each of the matcher's ids stands for.

    ``is_sample`` says that all records are from public statements. ``digests`` are shown with the run and hold nothing
    confidential; ``confidential_sha256`` is of whom the States exclude, and is shown to nobody.
    """

    pool: Pool
    reference: Reference
    need_id_by_name: Mapping[str, UUID]
    offer_id_by_name: Mapping[str, UUID]
    is_sample: bool
    digests: Mapping[str, str]
    confidential_sha256: str


def read_run_input(session: Session, actor: Actor, *, circle: Visibility, as_of_on: date) -> RunInput:
    """Return what a run for a circle would match on that day, in an order that does not depend on the database."""
    need_rows, offer_rows = (
        pool_of_needs(session, actor, circle, as_of_on),
        pool_of_offers(session, actor, circle, as_of_on),
    )
    taken = taken_in_circle(session, actor, circle=circle)
    pool = Pool(
        needs=tuple(need_value(row, need_id=name, has_exclusions=True) for name, row in need_rows.items()),
        offers=tuple(offer_value(row, offer_id=name, n_taken=taken.get(row.id, 0)) for name, row in offer_rows.items()),
    )
    released = released_reference()
    reference = Reference(
        geography=geography_on(session, as_of_on),
        taxonomy=taxonomy(session, released=released.taxonomy),
        background=released.background,
        gazetteer=released.gazetteer,
    )
    return RunInput(
        pool=pool,
        reference=reference,
        need_id_by_name={name: row.id for name, row in need_rows.items()},
        offer_id_by_name={name: row.id for name, row in offer_rows.items()},
        is_sample=(
            all(row.is_sample for row in need_rows.values()) and all(row.is_sample for row in offer_rows.values())
        ),
        digests={
            # The names of providers are few: a digest of them would give them away to whoever tries them all.
            "needs": _digest([asdict(without_exclusions(need)) for need in pool.needs]),
            "offers": _digest([asdict(offer) for offer in pool.offers]),
            "reference": _digest(_described(reference)),
        },
        confidential_sha256=_digest({need.need_id: need.excluded_providers for need in pool.needs}),
    )


def count_left_out(session: Session, actor: Actor, *, circle: Visibility, as_of_on: date) -> int:
    """Return how many needs and offers a run for the circle on that day leaves out because they are for fewer."""
    return sum(
        session.scalar(
            select(func.count(model.id)).where(
                visible_to(actor, model),
                is_shared_with(Visibility.SECRETARIAT, model),
                not_(is_shared_with(circle, model)),
                takes_part_on(model, as_of_on),
            )
        )
        or 0
        for model in (Need, Offer)
    )


def _described(reference: Reference) -> dict[str, Any]:
    geography, areas = reference.geography, reference.taxonomy
    return {
        "states": {code: asdict(state) for code, state in geography.state_by_code.items()},
        "members": {token: sorted(codes) for token, codes in geography.members_by_token.items()},
        "groups": dict(geography.group_by_state),
        "release": areas.release,
        "areas": {code: asdict(area) | {"links": sorted(area.links)} for code, area in areas.area_by_code.items()},
        "modes": {mode.value: terms for mode, terms in areas.mode_terms.items()},
        "audiences": {audience.value: terms for audience, terms in areas.audience_terms.items()},
        "outside": dict(areas.outside_terms),
        "background": reference.background.name,
        "places": [asdict(place) | {"states": sorted(place.states)} for place in reference.gazetteer.places],
        "place_cues": dict(reference.gazetteer.cues),
    }


def _digest(document: object) -> str:
    spelled = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(spelled.encode()).hexdigest()

"""The kinds of records that have a life, and how each of them is found: what pages, commands and the first page ask alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.access.vocabulary import Permission
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.needs.life import NEED_LIFE
from app.offers import queries as offers
from app.offers.life import OFFER_LIFE
from app.offers.queries import OfferFilter
from app.organizations.moves import Life


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingKind:
    """One kind of record: its life, how one, all or the number of them are read, and what answers for it and reads it first."""

    life: Life[Any]
    get: Callable[..., Any]
    rows: Callable[..., Iterable[Any]]
    count: Callable[..., int]
    wanted: Callable[..., Any]
    keep: Permission
    review: Permission


KIND_BY_NOUN: Final[Mapping[str, LivingKind]] = {
    "need": LivingKind(
        life=NEED_LIFE,
        get=needs.get_need,
        rows=needs.iter_rows,
        count=needs.count,
        wanted=NeedFilter,
        keep=Permission.NEED_SUBMIT,
        review=Permission.NEED_REVIEW,
    ),
    "offer": LivingKind(
        life=OFFER_LIFE,
        get=offers.get_offer,
        rows=offers.iter_rows,
        count=offers.count,
        wanted=OfferFilter,
        keep=Permission.OFFER_EDIT,
        review=Permission.OFFER_REVIEW,
    ),
}

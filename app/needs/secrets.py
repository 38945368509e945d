"""What the database holds sealed of a need: whom its State does not want, and all that a private need says.

The row of a private need says who keeps it and when it was changed; everything else is blank, its lists are empty, and its
external id is a mark that only who has the key can make. Once opened the row says in memory what it would say in the open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from app.access.policy import is_field_visible
from app.access.vocabulary import Field
from app.actor import Actor
from app.audit.services import Document, canonical_json
from app.db import find_keyring, keyring_of
from app.needs.models import Need, NeedArea, NeedChoice, NeedLanguage, NeedMode, NeedSecret, NeedState
from app.resealing import count_sealed, reseal
from app.sealing import Keyring, padded
from matching.vocabulary import Basis, Mode, Visibility

EXTERNAL_ID: Final = "external_id"
EXCLUDED_PROVIDERS: Final = "excluded_providers"
CHOSEN_PROVIDERS: Final = "chosen_providers"
REVIEW_NOTE: Final = "review_note"
MARK_PREFIX: Final = "~"  # of what stands for the external id of a private need
MARK_PURPOSE: Final = "needs.external_id"
PADDED_TO: Final = 512  # bytes: how long a sealed text is tells little of what it says
BATCH: Final = 500  # how many are opened at a time

_TEXTS: Final = (
    EXTERNAL_ID,
    "title",
    "description",
    "priority",
    "gap",
    "currency",
    "audience",
    "outcome",
    "underway",
    "source_url",
    "stated_on",
)
_COLUMN_BY_TYPE: Final[Mapping[Callable[[str], Any], Sequence[str]]] = {
    date.fromisoformat: ("earliest_on", "latest_on"),
    Decimal: ("budget",),
    Basis: ("areas_basis", "modes_basis"),
}


def stored_ids(session: Session, organization_id: UUID, external_id: str) -> tuple[str, ...]:
    """Return what may stand in the column of external ids for one: itself, or its mark under each key there is."""
    keyring = find_keyring(session)
    marks = () if keyring is None else (_mark(keyring, name, organization_id, external_id) for name in keyring.names)
    return (external_id, *marks)


def seal_need(session: Session, need: Need, document: Document) -> None:
    """Keep what is secret of a need that holds the document: all of it where it is private, else whom it excludes.

    Raises
    ------
    InvalidSettingError
        When there is something to seal and the database was opened without keys.
    """
    if need.visibility is Visibility.PRIVATE:
        keyring, external_id = keyring_of(session), str(document[EXTERNAL_ID])
        need.external_id = _mark(keyring, keyring.name_in_use, need.organization_id, external_id)
        _keep(session, need, document)
    elif document[EXCLUDED_PROVIDERS]:
        _keep(session, need, {EXCLUDED_PROVIDERS: document[EXCLUDED_PROVIDERS]})
    else:
        need.secret = None


def open_need(session: Session, need: Need) -> Document:
    """Return what is sealed of a need whose secret was loaded; nothing where it has none.

    Raises
    ------
    UnsealingError
        When it was altered, or its key is not there.
    """
    return {} if need.secret is None else _opened(keyring_of(session), need.id, need.secret.content)


def reveal(session: Session, actor: Actor, needs: Iterable[Need]) -> None:
    """Open what the actor may see of needs that were just read: they say in memory what they would say in the open."""
    for need in needs:
        is_private = need.visibility is Visibility.PRIVATE
        sees_exclusions = is_field_visible(actor, Field.NEED_EXCLUDED_PROVIDERS, owner_id=need.organization_id)
        if not (is_private or sees_exclusions):
            continue
        document = open_need(session, need)
        if is_private:
            _show(need, document)
            need.show_review_note(document.get(REVIEW_NOTE, ""))
        if sees_exclusions:
            need.show_excluded_providers(document.get(EXCLUDED_PROVIDERS, ()))


def iter_private(session: Session, condition: ColumnElement[bool]) -> Iterator[tuple[UUID, Document]]:
    """Yield what the private needs say for which the condition holds, by id."""
    statement = select(Need.id, NeedSecret.content).join(Need.secret)
    found = session.execute(statement.where(condition, Need.visibility == Visibility.PRIVATE))
    for need_id, content in found.yield_per(BATCH):
        yield need_id, _opened(keyring_of(session), need_id, content)


def count_sealed_needs(session: Session, key_name: str) -> int:
    """Return of how many needs something is sealed with a key."""
    return count_sealed(session, NeedSecret.content, key_name)


def reseal_needs(session: Session) -> int:
    """Seal with the key in use what is sealed with another one; return how many needs that were."""
    keyring = keyring_of(session)

    def seal_anew(secret: NeedSecret) -> None:
        need = secret.need
        document = _opened(keyring, need.id, secret.content)
        secret.content = _sealed(keyring, need.id, document)
        if need.visibility is Visibility.PRIVATE:
            need.external_id = _mark(keyring, keyring.name_in_use, need.organization_id, document[EXTERNAL_ID])

    secrets = select(NeedSecret).join(NeedSecret.need).options(contains_eager(NeedSecret.need))
    return reseal(session, secrets, NeedSecret.content, seal_anew)


def _keep(session: Session, need: Need, document: Document) -> None:
    content = _sealed(keyring_of(session), need.id, document)
    if need.secret is None:
        need.secret = NeedSecret(content=content)
    else:
        need.secret.content = content


def _sealed(keyring: Keyring, need_id: UUID, document: Document) -> str:
    # JSON may end in blanks.
    return keyring.seal(padded(canonical_json(document), to_bytes=PADDED_TO), place=_place(need_id))


def _opened(keyring: Keyring, need_id: UUID, content: str) -> Document:
    document: Document = json.loads(keyring.open(content, place=_place(need_id)))
    return document


def _place(need_id: UUID) -> str:
    return f"need_secrets.content:{need_id}"


def _mark(keyring: Keyring, name: str, organization_id: UUID, external_id: str) -> str:
    return MARK_PREFIX + keyring.mark(f"{organization_id}\n{external_id}", name=name, purpose=MARK_PURPOSE)


def _show(need: Need, document: Document) -> None:
    values: dict[str, Any] = {column: document[column] for column in _TEXTS}
    for read, columns in _COLUMN_BY_TYPE.items():
        values |= {column: None if document[column] is None else read(document[column]) for column in columns}
    values["states"] = [NeedState(state_code=code) for code in document["states"]]
    values["areas"] = [NeedArea(area_code=code, position=n) for n, code in enumerate(document["area_codes"])]
    # A need that was sealed by an earlier release says nothing of whom the State chose.
    values["choices"] = [NeedChoice(provider_code=code) for code in document.get(CHOSEN_PROVIDERS, ())]
    values["modes"] = [NeedMode(mode=Mode(word), position=n) for n, word in enumerate(document["modes"])]
    values["languages"] = [NeedLanguage(language=code, position=n) for n, code in enumerate(document["languages"])]
    for name, value in values.items():
        # As if it had been read so: nothing of it is ever written back.
        set_committed_value(need, name, value)

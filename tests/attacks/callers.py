"""A program that acts for somebody, and what it says where nothing is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

A_NEED: Final[dict[str, Any]] = {
    "states": ["XAA"],
    "title": "Train our incident response team",
    "areas": ["IRC.1"],
    "modes": ["training"],
}
AN_OFFER: Final[dict[str, Any]] = {
    "provider": "First Provider",
    "title": "Incident response training",
    "areas": ["IRC.1"],
    "modes": ["training"],
}
ONE_OF: Final = {"needs": A_NEED, "offers": AN_OFFER}
KEEPER_OF: Final = {"needs": "recipient", "offers": "provider"}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program that acts for somebody."""

    client: FlaskClient
    secret: str
    organization_id: UUID

    def get(self, address: str, **query: Any) -> TestResponse:
        """Read."""
        return self.client.get(address, headers=self._headers(), query_string=query or None)

    def post(self, noun: str, body: Any) -> TestResponse:
        """Make a record; a text or bytes are sent as they are."""
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(
            f"/api/v1/{noun}", data=content, content_type="application/json", headers=self._headers()
        )

    def patch(self, address: str, body: Any, *, etag: str | None = None) -> TestResponse:
        """Change a record, by default against what is read now."""
        read = etag or self.get(address).headers.get("ETag", '"none"')
        headers = {**self._headers(), "If-Match": read}
        return self.client.patch(address, data=json.dumps(body), content_type="application/json", headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def pointers(answer: TestResponse) -> list[str]:
    """Return which fields an answer refuses."""
    assert answer.status_code == 422, (answer.status_code, answer.get_data(as_text=True))
    return [error["pointer"].removeprefix("/json") for error in answer.json["errors"]]

"""A program that acts for somebody through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program that acts for somebody."""

    client: FlaskClient
    secret: str

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, headers=self._headers())

    def post(self, noun: str, body: Any, **headers: str) -> TestResponse:
        content = json.dumps(body)
        address, media_type = f"/api/v1/{noun}", "application/json"
        return self.client.post(address, data=content, content_type=media_type, headers=self._headers() | headers)

    def patch(self, address: str, body: Any, *, etag: str | None = "read") -> TestResponse:
        """Change a record; by default against what is read now."""
        if etag == "read":
            etag = self.get(address).headers.get("ETag", '"none"')
        headers = {} if etag is None else {"If-Match": etag}
        return self.client.patch(address, json=body, headers=self._headers() | headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


MakeCaller = Callable[..., Caller]

"""What answers of the API carry beside records, as its OpenAPI document describes it."""

from __future__ import annotations

from typing import Final

from app.http import REQUEST_ID_HEADER

REQUEST_ID: Final = {
    REQUEST_ID_HEADER: {
        "description": "The id of the request, the caller's own where it gave one: what to name when asking about it.",
        "schema": {"type": "string"},
    }
}
LOCATION: Final = {"Location": {"description": "The address of the new record.", "schema": {"type": "string"}}}
FILE_NAME: Final = {
    "Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}}
}
BINARY: Final = {"type": "string", "format": "binary"}
NEXT_PAGE: Final = {
    "Link": {
        "description": 'The address of the next page, with rel="next"; absent on the last.',
        "schema": {"type": "string"},
    }
}

"""Everything that somebody can see of a service: every page, file, list, record, search and filter, and every refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import product
from typing import Final
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.factories.assessments import RELEASE
from tests.worlds.building import REQUEST_ID, SECRET, SHARED_ID, World

# What differs from answer to answer though nothing else does. The list is the whole of it:
# - the day and second of an answer, which some files carry;
# - what a form carries against other sites holds the second in which it was shown, and so does the cookie it is checked
#   against; neither is made from any record. No more is the key under which a new record is stored once: it is random.
# The id of the request is given by the reader; ids, times and measurements of runs are made the same where the runs are.
FORM_TOKEN: Final = re.compile(rb'name="csrf_token" value="[^"]+"')
FORM_KEY: Final = re.compile(rb'name="key" value="[0-9a-f-]{36}"')
# The mark of a run in the trail is made with a key, and new in every copy: it tells nothing without that key.
TRAIL_MARK: Final = re.compile(rb"(<dt>Mark in the audit trail</dt><dd><span class=\"code\">)[0-9a-f]{64}")
FORM_COOKIE: Final = re.compile(r"tandem_form=[^;]+")

# The figures about the service itself count its own requests and hold seconds; files in /static are those of the release.
LINK: Final = re.compile(r'<a [^>]*href="([^"]*)"')
# In another language, or in the other form of CSV, a page holds the same records once more.
SAME_AGAIN: Final = re.compile("lang=|format=csv-excel")
LEFT_OUT: Final = ("/metrics", "/static/", "/login/end")
CODES: Final = {
    "code": ("XAA", "LAW", "IRC.1"),
    "name": ("matches.csv", "unmet.csv", "tandems.csv", "run.json"),
    "section": ("GOV",),
    "item": ("GOV",),
    "release": (RELEASE,),
}
VALUES: Final = {
    "text": (SECRET, SHARED_ID),
    "area": ("LAW",),
    "state": ("XAA",),
    "group": ("LDC",),
    "mode": ("training",),
    "outcome": ("unmet",),
    "language": ("pt",),
    "is_open_on": ("2031-06-30",),
    "provider": (f"{SECRET}+Foundation",),
    "kind": (SECRET,),
    "label": ("in_force", "changed", "none"),
    "limit": ("1",),
}
FILTERS: Final = {
    "/needs": ("text", "area", "state", "group", "mode", "outcome"),
    "/offers": ("text", "area", "state", "mode", "label"),
    "/areas": ("text",),
    "/api/v1/needs": ("text", "area", "state", "group", "mode", "language", "is_open_on", "limit"),
    "/api/v1/offers": ("text", "area", "state", "mode", "language", "is_open_on", "provider", "kind", "label", "limit"),
    "/api/v1/areas": ("text",),
}

# What can be said beside an offer, with something to say.
PARTS_OF_OFFERS: Final = {
    "label": {"action": "grant", "reason": "Mine."},
    "checklist": {"lines": [{"principle": "P1", "is_met": True}]},
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One answer as it came: nothing of it is left out but what ``LEFT_OUT`` and the patterns name."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Eyes:
    """A reader in front of one service."""

    def __init__(self, world: World, name: str) -> None:
        reader = world.readers[name]
        self._page_client = world.app.test_client()
        self._program = world.app.test_client()
        self._reader = reader
        self._world = world
        if reader.cookie:
            self._page_client.set_cookie("tandem_session", reader.cookie)

    def look(self, address: str, *, method: str = "GET", **options: object) -> Seen:
        """Return what comes back from an address."""
        return _seen(self._ask(address, method=method, **options))

    def everything(self) -> dict[str, Seen]:
        """Return all that lists, links and filters lead to, by address."""
        waiting = list(dict.fromkeys([*self._starts(), *_filtered()]))
        found: dict[str, Seen] = {}
        while waiting:
            address = waiting.pop()
            if address in found or address.startswith(LEFT_OUT):
                continue
            response = self._ask(address)
            assert response.status_code < 500, address
            found[address] = _seen(response)
            waiting += _onwards(address, response)
        return found

    def lists(self) -> dict[str, Seen]:
        """Return what the start page, the lists, and their searches and filters hold, and nothing that they lead to."""
        addresses = ["/", "/about-data", "/states/XAA", "/areas/LAW", "/match-runs", *FILTERS, *_filtered()]
        return {address: self.look(address) for address in addresses}

    def refusals(self, hidden: Iterable[UUID]) -> dict[str, Seen]:
        """Return what comes back for ids that the reader may not see, wherever an address takes one."""
        hidden = sorted(hidden, key=str)
        found = {}
        for rule in self._rules():
            for address in _addresses(rule, {**self._world.seen_ids, **CODES}, hidden):
                found[address] = self.look(address)
        for noun, hidden_id in product(("needs", "offers"), hidden):
            address = f"/api/v1/{noun}/{hidden_id}"
            for name, body in (("good", {"title": "Mine"}), ("bad", {"title": 1}), ("unknown", {"x": 1})):
                found[f"PATCH {name} {address}"] = self.look(
                    address, method="PATCH", json=body, headers={"If-Match": '"x"'}
                )
            found[f"PATCH blind {address}"] = self.look(address, method="PATCH", json={"title": "Mine"})
            for other in ("DELETE", "PUT", "OPTIONS", "HEAD"):
                found[f"{other} {address}"] = self.look(address, method=other)
        found |= self._refusals_beside(hidden)
        for name, hidden_id in product(("need_id", "offer_id", "run_id"), hidden):
            for noun in ("matches", "tandems"):
                address = f"/api/v1/{noun}?{name}={hidden_id}"
                found[address] = self.look(address)
        return found

    def _refusals_beside(self, hidden: Iterable[UUID]) -> Iterator[tuple[str, Seen]]:
        """Yield what comes back to who would label an offer that they may not see, or check it against the principles."""
        for hidden_id, (part, body) in product(hidden, PARTS_OF_OFFERS.items()):
            address = f"/api/v1/offers/{hidden_id}/{part}"
            yield f"PATCH {address}", self.look(address, method="PATCH", json=body, headers={"If-Match": "*"})

    def _starts(self) -> Iterator[str]:
        yield from (rule.rule for rule in self._rules() if not rule.arguments)
        for rule in self._rules():
            yield from _addresses(rule, {**self._world.seen_ids, **CODES}, ())

    def _rules(self) -> list[Rule]:
        rules = [rule for rule in self._world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        return [rule for rule in rules if not rule.rule.startswith(LEFT_OUT)]

    def _ask(self, address: str, *, method: str = "GET", **options: object) -> TestResponse:
        is_program = address.startswith("/api/")
        client: FlaskClient = self._program if is_program else self._page_client
        headers = {"X-Request-Id": REQUEST_ID, **options.pop("headers", {})}  # type: ignore[dict-item]
        if is_program and self._reader.token:
            headers["Authorization"] = f"Bearer {self._reader.token}"
        return client.open(address, method=method, headers=headers, **options)  # type: ignore[arg-type]


def _seen(response: TestResponse) -> Seen:
    with response:
        headers = sorted((name, FORM_COOKIE.sub("", value)) for name, value in response.headers if name != "Date")
        return Seen(
            status=response.status_code,
            headers=tuple(headers),
            body=TRAIL_MARK.sub(rb"\1", FORM_KEY.sub(b"", FORM_TOKEN.sub(b"", response.get_data()))),
        )


def _addresses(rule: Rule, seen: dict[str, tuple[object, ...]], hidden: Iterable[UUID]) -> Iterator[str]:
    """Yield the addresses of a rule with ids that may be seen; with hidden ones, only those with such a one in them."""
    hidden = tuple(hidden)
    names = sorted(rule.arguments)
    choices = [
        (*seen.get({"before_id": "run_id", "after_id": "run_id"}.get(name, name), ())[:2], *hidden) for name in names
    ]
    for values in product(*choices):
        if not hidden or any(value in hidden for value in values):
            address = rule.rule
            for name, value in zip(names, values, strict=True):
                address = re.sub(rf"<(?:[^<>:]*:)?{name}>", str(value), address)
            if "<" not in address and (not hidden or any(str(one) in address for one in hidden)):
                yield address


def _filtered() -> Iterator[str]:
    """Yield every list with each of its filters; its pages lead to the file of the same."""
    for address, names in FILTERS.items():
        yield from (f"{address}?{name}={value}" for name in names for value in VALUES[name])
        if "area" in names:
            yield f"{address}?text={SECRET}&area=LAW&state=XAA&mode=training"


def _onwards(address: str, response: TestResponse) -> list[str]:
    """Return where a page or a list leads: links, records, and the next page."""
    if response.mimetype == "text/html":
        hrefs = [urljoin(address, unescape(href)) for href in LINK.findall(response.get_data(as_text=True))]
        return [href.partition("#")[0] for href in hrefs if not urlsplit(href).netloc and not SAME_AGAIN.search(href)]
    if response.mimetype == "application/json" and isinstance(response.json, dict) and "page" in response.json:
        path = address.partition("?")[0]
        rows = [
            f"{path}/{row.get('id') or row.get('code')}"
            for row in response.json["data"]
            if "id" in row or "code" in row
        ]
        following = response.json["page"]["next"]
        separator = "&" if "?" in address else "?"
        return rows + ([f"{address.partition('&cursor=')[0]}{separator}cursor={following}"] if following else [])
    return []

"""To see a record as others do: their page and not a word more, and never more than the reader may see."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

import pytest

from app.access import policy
from app.actor import Role
from tests.web.inspection import FetchedPage, fetch, words
from tests.web.keepers import KeptSite
from tests.worlds.looking import FORM_TOKEN

NEVER_WAS = "12345678-1234-4234-8234-123456789abc"

SEEN_AS = {
    "public": {"public"},
    "members": {"public", "members"},
    "providers": {"public", "members", "providers"},
    "provider:provider-b": {"public", "members", "providers"},
    "secretariat": {"public", "members", "providers", "secretariat"},
}
READER_OF_KIND = {"public": None, "members": "analyst", "secretariat": "secretariat"}
VISIBILITIES = ("private", "secretariat", "providers", "members", "public")


def main_of(page: FetchedPage) -> bytes:
    """Return what a page shows, letter by letter, but for the buttons, which are for those alone whose page it is."""
    element: Element = page.one("main")
    for parent in element.iter():
        for child in [child for child in parent if child.get("id") == "standing"]:
            parent.remove(child)
    return tostring(element)


def preview(site: KeptSite, kind: str, visibility: str, query: str) -> str:
    ids = site.need_ids if kind == "needs" else site.offer_ids
    return f"/{kind}/{ids[visibility]}/preview{query}"


@pytest.mark.parametrize("viewer", SEEN_AS)
@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_a_keeper_learns_who_sees_a_need(kept_site: KeptSite, visibility: str, viewer: str) -> None:
    page = fetch(kept_site.client("recipient"), preview(kept_site, "needs", visibility, f"?as={viewer}"))

    is_seen = f"Need for {visibility}" in words(page.one("main"))
    assert is_seen == (visibility in SEEN_AS[viewer])
    assert ("They do not see it" in page.text) == (visibility not in SEEN_AS[viewer])


@pytest.mark.parametrize("viewer", SEEN_AS)
@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_one_can_consider_another_visibility(kept_site: KeptSite, visibility: str, viewer: str) -> None:
    page = fetch(kept_site.client("recipient"), preview(kept_site, "needs", "private", f"?as={viewer}&at={visibility}"))

    assert ("Need for private" in words(page.one("main"))) == (visibility in SEEN_AS[viewer])
    assert ("So it would be if it were shown to" in page.text) == (visibility != "private")
    assert kept_site.client().get(f"/needs/{kept_site.need_ids['private']}").status_code == 404


@pytest.mark.parametrize("viewer", READER_OF_KIND)
@pytest.mark.parametrize("kind", ["needs", "offers"])
def test_it_is_the_page_that_they_get(kept_site: KeptSite, kind: str, viewer: str) -> None:
    """To the letter, seen by the secretariat, which sees the runs of all of them."""
    ids = kept_site.need_ids if kind == "needs" else kept_site.offer_ids
    theirs = fetch(kept_site.client(READER_OF_KIND[viewer]), f"/{kind}/{ids['public']}")

    shown = fetch(kept_site.client("secretariat"), preview(kept_site, kind, "public", f"?as={viewer}"))

    assert main_of(shown) == main_of(theirs)


def test_an_excluded_provider_gets_the_page_of_any_other(kept_site: KeptSite) -> None:
    mains = {
        main_of(fetch(kept_site.client("recipient"), preview(kept_site, "needs", "public", f"?as={viewer}")))
        for viewer in ("providers", "provider:provider-a", "provider:provider-b", "provider:nobody")
    }

    assert len(mains) == 1


def test_nobody_finds_out_by_trying_which_organizations_there_are(kept_site: KeptSite) -> None:
    client = kept_site.client("recipient")

    pages = [
        fetch(client, preview(kept_site, "needs", "members", f"?as=provider:{code}"))
        .html.replace(code, "CODE")
        .encode()
        for code in ("provider-b", "provider-x")
    ]

    # What a form carries is signed anew each second.
    assert FORM_TOKEN.sub(b"", pages[0]) == FORM_TOKEN.sub(b"", pages[1])


def test_a_provider_sees_that_they_would_see_their_own_offer(kept_site: KeptSite) -> None:
    client = kept_site.client("provider")

    own, other = (
        fetch(client, preview(kept_site, "offers", "private", f"?as=provider:{code}"))
        for code in ("provider-a", "provider-b")
    )

    assert "Offer for private" in words(own.one("main"))
    assert "Offer for private" not in words(other.one("main"))


@pytest.mark.parametrize("kind", ["needs", "offers"])
def test_a_preview_of_a_wider_reader_shows_nothing_that_one_may_not_see(kept_site: KeptSite, kind: str) -> None:
    """The run of the secretariat names an offer that is for it alone, and that the offer has a double."""
    client = kept_site.client("recipient" if kind == "needs" else "provider")
    whole = fetch(kept_site.client("secretariat"), preview(kept_site, kind, "public", "?as=secretariat"))

    page = fetch(client, preview(kept_site, kind, "public", "?as=secretariat"))

    assert kept_site.narrow_offer_title in whole.text
    assert kept_site.narrow_offer_title not in page.text
    assert "Offer for public" in page.text


@pytest.mark.parametrize(
    ("role", "kind", "visibility"),
    [
        ("secretariat", "needs", "private"),
        ("secretariat", "offers", "private"),
        ("administrator", "needs", "members"),
        ("provider", "needs", "secretariat"),
        ("analyst", "needs", "providers"),
        ("recipient", "offers", "providers"),
    ],
)
def test_what_one_may_not_read_one_cannot_preview(kept_site: KeptSite, role: str, kind: str, visibility: str) -> None:
    client = kept_site.client(role)

    for query in ("", "?as=secretariat", "?as=public&at=public", "?as=nobody"):
        hidden = client.get(preview(kept_site, kind, visibility, query))
        unknown = client.get(f"/{kind}/{NEVER_WAS}/preview{query}")

        assert hidden.status_code == unknown.status_code == 404
        own = str((kept_site.need_ids if kind == "needs" else kept_site.offer_ids)[visibility])
        assert (
            hidden.get_data(as_text=True).replace(own, NEVER_WAS).split("csrf_token")[0]
            == (unknown.get_data(as_text=True).split("csrf_token")[0])
        )


@pytest.mark.parametrize(
    ("role", "kind"),
    [("analyst", "needs"), ("provider", "needs"), ("administrator", "needs"), ("recipient", "offers")],
)
def test_who_does_not_answer_for_a_record_gets_no_preview(kept_site: KeptSite, role: str, kind: str) -> None:
    answer = kept_site.client(role).get(preview(kept_site, kind, "public", "?as=public"))

    assert answer.status_code == 403
    page = fetch(kept_site.client(role), preview(kept_site, kind, "public", "").removesuffix("/preview"))
    assert "See it as others do" not in page.text


def test_without_an_account_one_logs_in_first(kept_site: KeptSite) -> None:
    answer = kept_site.client().get(preview(kept_site, "needs", "public", "?as=secretariat"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize(
    "query", ["?as=king", "?as=provider:", "?as=provider:%00", "?as=public&at=everybody", "?as=system"]
)
def test_nobody_of_that_name_is_an_error(kept_site: KeptSite, query: str) -> None:
    assert kept_site.client("recipient").get(preview(kept_site, "needs", "public", query)).status_code == 422


@pytest.mark.parametrize("role", ["recipient", "contributor", "secretariat"])
def test_the_page_of_a_need_leads_to_its_preview(kept_site: KeptSite, role: str) -> None:
    page = fetch(kept_site.client(role), f"/needs/{kept_site.need_ids['members']}")

    assert f"/needs/{kept_site.need_ids['members']}/preview?as=providers" in page.links
    assert ("What happened to it" in words(page.one("main"))) == (role != "contributor")


def test_a_preview_changes_nothing(kept_site: KeptSite) -> None:
    client = kept_site.client("recipient")

    fetch(client, preview(kept_site, "needs", "members", "?as=public&at=public"))

    assert kept_site.client().get(f"/needs/{kept_site.need_ids['members']}").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("query", ["?as=public", "?as=secretariat"])
def test_every_preview_is_whole(kept_site: KeptSite, query: str, language: str) -> None:
    address = f"{preview(kept_site, 'needs', 'members', query)}&lang={language}"

    assert fetch(kept_site.client("recipient"), address).status == 200


def test_a_viewer_who_sees_less_of_the_policy_gets_less(kept_site: KeptSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The preview asks the policy and has no table of its own."""
    rules = {**policy.SEEN_BY_ROLE, Role.ANALYST: frozenset()}
    monkeypatch.setattr(policy, "SEEN_BY_ROLE", rules)

    page = fetch(kept_site.client("recipient"), preview(kept_site, "needs", "members", "?as=members"))

    assert "They do not see it" in page.text

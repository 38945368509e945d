from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import html5lib
import pytest

from matching.reference import Geography, State
from matching.report import REPORT_STYLE_SHA256, render_report
from matching.report.disclosure import Disclosure
from matching.results import RunResult
from matching.sentences import Sentence
from matching.vocabulary import Basis, Component, TandemKind, UnmetReason, Visibility
from tests.matching.report_factory import (
    make_match,
    make_need,
    make_offer,
    make_profile,
    make_reading,
    make_reference,
    make_result,
    make_tandem,
    make_unmet,
)


def render(result: RunResult, **options: Any) -> str:
    return render_report(result, make_reference(), **{"inputs": (("needs.csv", "0" * 64),)} | options)


def parse(page: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def cells_of(root: Any, section_id: str) -> list[list[str]]:
    section = next(element for element in root.iter("section") if element.get("id") == section_id)
    return [[text_of(cell) for cell in row] for row in section.iter("tr")]


def test_the_one_h1_is_the_title_and_the_page_parses_without_a_fault() -> None:
    page = render(make_result(), title="Run <1> & more")

    root = parse(page)

    assert [text_of(heading) for heading in root.iter("h1")] == ["Run <1> & more"]
    assert text_of(root.find("head/title")) == "Run <1> & more"
    assert root.get("lang") == "en"


def test_the_page_loads_nothing_and_holds_no_script_and_no_style_attribute() -> None:
    root = parse(render(make_result()))

    elements = list(root.iter())

    assert not {"script", "link", "img", "iframe", "object"} & {element.tag for element in elements}
    assert not [element for element in elements if element.get("style") or element.get("src")]
    assert "url(" not in root.find("head/style").text


def test_the_digest_for_the_security_policy_is_that_of_the_style_on_the_page() -> None:
    style = parse(render(make_result())).find("head/style").text

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"sha256-{digest}" == REPORT_STYLE_SHA256


def test_every_table_header_has_a_scope_and_every_picture_a_title_and_a_description() -> None:
    root = parse(render(make_result(tandems=[make_tandem()])))

    pictures = [svg for svg in root.iter() if svg.tag.endswith("svg") and svg.get("role") == "img"]

    assert all(header.get("scope") in ("col", "row") for header in root.iter("th"))
    assert len(pictures) == 4
    assert all({"title", "desc"} <= {part.tag.rpartition("}")[2] for part in svg} for svg in pictures)


def test_what_records_say_is_escaped_and_set_apart() -> None:
    need = make_need(title='<script>alert("x")</script> & \u202eabc')
    offer = make_offer(provider="<b>O'Neill</b>")

    page = render(make_result(needs=[need], offers=[offer]))

    assert "<script" not in page
    assert "<bdi>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; \u202eabc</bdi>" in page
    assert "<bdi>&lt;b&gt;O&#39;Neill&lt;/b&gt;</bdi>" in page


def test_the_values_of_a_sentence_are_escaped() -> None:
    part = make_match().contributions[0]
    sentence = Sentence(message="Both name %(modes)s & more.", values={"modes": "<i>training</i>"})
    match = make_match(contributions=(replace(part, sentence=sentence),))

    page = render(make_result(matches=[match]))

    assert "Both name <bdi>&lt;i&gt;training&lt;/i&gt;</bdi> &amp; more." in page


def test_characters_that_no_page_may_hold_become_a_mark() -> None:
    page = render(make_result(needs=[make_need(title="a\x00b\ud800c")]))

    assert "a\ufffdb\ufffdc" in page
    assert page.encode("utf-8")


@pytest.mark.parametrize(
    ("address", "n_links"),
    [
        ("https://example.org/a?b=1&c=2", 1),
        ("http://example.org", 1),
        ("javascript:alert(1)", 0),
        ("http://[", 0),
        ("", 0),
    ],
)
def test_only_web_addresses_are_linked(address: str, n_links: int) -> None:
    root = parse(render(make_result(needs=[make_need(source_url=address)])))

    links = [link for link in root.iter("a") if not link.get("href").startswith("#")]

    assert [link.get("href") for link in links] == [address] * n_links
    assert all("noopener" in link.get("rel") for link in links)


@pytest.mark.parametrize("visibility", [Visibility.SECRETARIAT, Visibility.PROVIDERS])
def test_a_need_that_members_may_not_see_appears_by_its_id_only(visibility: Visibility) -> None:
    need = make_need("need-7", title="Secret title", description="Secret text.", visibility=visibility)

    page = render(make_result(needs=[need], matches=[make_match("need-7")]))

    assert "need-7" in page
    assert "0.900" in page
    assert not [word for word in ("Secret title", "Secret text", "Northland", "Both are about") if word in page]


def test_an_offer_that_members_may_not_see_appears_by_its_id_only() -> None:
    offer = make_offer("offer-7", title="Secret title", provider="Secret Provider", visibility=Visibility.SECRETARIAT)

    page = render(make_result(offers=[offer], matches=[make_match(offer_id="offer-7")]))

    assert "offer-7" in page
    assert not [word for word in ("Secret title", "Secret Provider", "Both are about") if word in page]


def test_a_private_record_does_not_appear_at_all() -> None:
    hidden_need = make_need("need-7", title="Private title", visibility=Visibility.PRIVATE)
    hidden_offer = make_offer("offer-7", visibility=Visibility.PRIVATE)
    matches = [make_match(), make_match("need-7"), make_match(offer_id="offer-7", rank=2, is_allocated=False)]
    result = make_result(
        needs=[make_need(), hidden_need],
        offers=[make_offer(), hidden_offer],
        matches=matches,
        unmet=[make_unmet("need-7"), make_unmet(nearest_offer_id="offer-7")],
    )

    page = render(result)

    assert not [word for word in ("need-7", "offer-7", "Private title") if word in page]


def test_a_provider_that_a_state_excludes_is_not_named() -> None:
    need = make_need(excluded_providers=("Unwanted Provider",))

    page = render(make_result(needs=[need], matches=[], unmet=[make_unmet()]))

    assert "Unwanted Provider" not in page


def test_a_need_that_is_not_served_says_why_and_what_would_match() -> None:
    result = make_result(matches=[], unmet=[make_unmet(reason=UnmetReason.NO_ELIGIBLE_OFFER)])

    verdict = next(p for p in parse(render(result)).iter("p") if "verdict" in (p.get("class") or ""))

    assert text_of(verdict) == (
        "No offer proposed: no eligible offer. None of 1 offers is open to this need. "
        "Nearest offer: offer-1 Courses for response teams. It would match: If offer-1 were open to Northland."
    )


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        (make_need(visibility=Visibility.SECRETARIAT), make_offer()),
        (make_need(), make_offer(visibility=Visibility.SECRETARIAT)),
    ],
    ids=["need by id", "nearest offer by id"],
)
def test_what_would_match_is_not_told_of_a_record_shown_by_its_id(need: Any, offer: Any) -> None:
    page = render(make_result(needs=[need], offers=[offer], matches=[], unmet=[make_unmet()]))

    assert "No eligible offer" in page
    assert "were open to" not in page


def test_inferred_areas_are_marked_and_stated_ones_are_not() -> None:
    reading = make_reading("GOV.1", basis=Basis.INFERRED)
    result = make_result(reading_by_need_id={"need-1": reading})

    meta = [text_of(p) for p in parse(render(result)).iter("p") if p.get("class") == "meta"]

    assert meta == ["Northland · GOV.1 National strategy inferred · training", "IRC · training"]


@pytest.mark.parametrize(
    ("priority", "told"), [(5, ["priority 5 of 5"]), (1, ["priority 1 of 5"]), (3, [])], ids=["5", "1", "ordinary"]
)
def test_a_priority_is_told_only_where_a_state_has_given_one(priority: int, told: list[str]) -> None:
    """An empty cell counts as 3, and every need without a priority was said to have "priority 3 of 5"."""
    result = make_result(needs=[make_need(priority=priority, source_url="https://example.org/need")])

    meta = next(p for p in parse(render(result)).iter("p") if p.get("class") == "meta")

    parts = text_of(meta).split(" · ")
    assert parts == ["Northland", "IRC Incident response", "training", *told, "Source: example.org"]


def test_no_need_is_said_to_be_served_before_both_sides_have_agreed() -> None:
    """The page called needs "served" and said a little below that nothing was agreed."""
    needs = [make_need(), make_need("need-2")]

    page = text_of(parse(render(make_result(needs=needs, unmet=[make_unmet("need-2")]))).find("body"))

    assert "1 needs have an offer proposed; 1 have none" in page
    assert "With an offer" in page
    assert "served" not in page.lower()


def test_silence_is_not_said_to_be_free_of_charge() -> None:
    """The page said that it "neither pays nor costs", beside a table in which it counts 0.1 for the area."""
    page = render(make_result(profile=make_profile(neutral=dict.fromkeys(Component, 0.1))))

    assert "neither pays nor costs" not in page
    assert "saying more can raise or lower the score" in page


def test_the_parts_of_a_score_are_listed_the_largest_first_and_silence_together() -> None:
    root = parse(render(make_result()))

    lists = [element for element in root.iter("ul") if element.get("class") == "why"]

    assert [text_of(item) for item in lists[0]] == [
        "Area 0.300 Both are about Response (IRC).",
        "Text 0.250 The texts share: team.",
        (
            "Nothing said 0.350 mode 0.050, language 0.050, geography 0.050, time 0.050, budget 0.050, record 0.050, "
            "freshness 0.050"
        ),
    ]


def test_the_parts_of_a_pair_with_an_offer_shown_by_id_come_without_sentences() -> None:
    root = parse(render(make_result(offers=[make_offer(visibility=Visibility.SECRETARIAT)])))

    lists = [element for element in root.iter("ul") if element.get("class") == "why"]

    assert [text_of(item) for item in lists[0]][:2] == ["Area 0.300", "Text 0.250"]


def test_a_need_shown_by_id_has_its_score_but_nothing_of_what_it_is_made() -> None:
    """The component of geography told that an offer was open to one State: the one that had asked."""
    hidden = make_need("need-7", visibility=Visibility.SECRETARIAT)

    root = parse(render(make_result(needs=[hidden], matches=[make_match("need-7")])))

    line = next(element for element in root.iter("li") if "offer" in (element.get("class") or "").split())
    assert "0.900" in text_of(line)
    assert not [part for part in line.iter() if part.tag.endswith("svg") or part.get("class") in ("why", "parts")]
    assert not [word for word in ("0.300", "0.250", "0.050") if word in text_of(line)]


def test_an_offer_for_few_states_stands_by_its_id_beside_a_need_shown_by_id() -> None:
    """An offer "Strategy for Tuvalu", open to Tuvalu alone, stood beside a need without title and told whose it was."""
    hidden = make_need("need-7", visibility=Visibility.SECRETARIAT)
    narrow = make_offer("offer-7", title="Strategy for Northland", eligible=("XAA",))
    result = make_result(
        needs=[hidden, make_need("need-8", visibility=Visibility.PROVIDERS)],
        offers=[narrow],
        matches=[make_match("need-7", "offer-7")],
        unmet=[make_unmet("need-8", nearest_offer_id="offer-7")],
    )

    page = render(result)

    assert "offer-7" in page
    assert not [word for word in ("Strategy for Northland", "Provider One") if word in page]


def test_an_offer_for_few_states_is_named_beside_a_need_that_is() -> None:
    narrow = make_offer("offer-7", title="Strategy for Northland", eligible=("XAA",))

    page = render(make_result(offers=[narrow], matches=[make_match(offer_id="offer-7")]))

    assert "Strategy for Northland" in page


@pytest.mark.parametrize("n_states", [4, 5], ids=["four", "five"])
def test_an_offer_is_named_beside_a_hidden_need_where_five_states_could_have_asked(n_states: int) -> None:
    states = {f"XA{letter}": State(code=f"XA{letter}", names={}) for letter in "ABCDEFGH"}
    members = {"AFR": frozenset(sorted(states)[: n_states - 1]), "XAH": frozenset({"XAH"})}
    geography = Geography(state_by_code=states, members_by_token=members, group_by_state={})
    hidden, offer = make_need(visibility=Visibility.SECRETARIAT), make_offer(eligible=("AFR", "XAH"))

    shown = Disclosure(make_result(needs=[hidden], offers=[offer]), geography).offer_beside("need-1", "offer-1")

    assert (shown is not None) is (n_states == 5)


def test_an_offer_for_all_states_is_named_beside_a_hidden_need_however_few_states_there_are() -> None:
    hidden = make_need(visibility=Visibility.SECRETARIAT)

    page = render(make_result(needs=[hidden]))

    assert len(make_reference().geography.state_by_code) == 4
    assert "Courses for response teams" in page


@pytest.mark.parametrize("visibility", [Visibility.SECRETARIAT, Visibility.PROVIDERS])
def test_the_detail_of_an_unmet_need_that_members_may_not_see_is_not_told(visibility: Visibility) -> None:
    """Nothing failed when the detail of every need was printed, and a detail can name the State or its dates."""
    detail = Sentence(message="The need closed on %(day)s.", values={"day": "2026-05-31"})
    result = make_result(
        needs=[make_need("need-7", visibility=visibility)], matches=[], unmet=[make_unmet("need-7", detail=detail)]
    )

    page = render(result)

    assert "need-7" in page
    assert not [word for word in ("The need closed on", "2026-05-31") if word in page]


def test_needs_stand_in_the_order_of_their_ids_whatever_their_scores() -> None:
    needs = [make_need("need-1"), make_need("need-2", states=("XAB",))]
    matches = [make_match("need-1", score=0.4), make_match("need-2", score=0.9)]

    root = parse(render(make_result(needs=needs, matches=matches)))

    headings = [text_of(article.find("h3")) for article in root.iter("article")]
    assert headings == ["need-1 A national response team", "need-2 A national response team"]


def test_the_weights_and_the_threshold_stand_on_the_page() -> None:
    profile = make_profile(weights=dict.fromkeys(Component, 1.0) | {Component.TEXT: 2.0}, minimum_score=0.425)

    root = parse(render(make_result(profile=profile)))

    assert ["Text", "2", "20%", "0.50"] in cells_of(root, "run")
    assert "0.425; below it nothing is allocated" in [text_of(cell) for cell in root.iter("dd")]


def test_peers_are_named_only_where_both_have_a_need_that_members_may_see() -> None:
    needs = [make_need("need-1"), make_need("need-2", states=("XAC",), visibility=Visibility.SECRETARIAT)]
    peers = make_tandem(kind=TandemKind.PEER)

    page = render(make_result(needs=needs, tandems=[peers]))

    assert "not named" in page
    assert "Southland" not in page


def test_a_lead_is_named_with_its_partners_and_reasons() -> None:
    root = parse(render(make_result(tandems=[make_tandem()])))

    assert cells_of(root, "tandems")[1:] == [
        [
            "IRC Incident response",
            "Northland",
            "Southland",
            "A lead with partners",
            "0.750",
            "Northland and Southland share fr.",
        ]
    ]


def test_a_sample_says_that_it_is_one() -> None:
    page = render(make_result(), is_sample=True)

    assert "They are not the States' or the providers' own entries" in page
    assert "A sample of public statements" not in render(make_result())


def test_the_same_run_gives_the_same_page_however_long_it_took() -> None:
    slow, fast = make_result(seconds={"score": 9.1}), make_result(seconds={"score": 0.1})

    assert render(slow) == render(fast)


def test_a_run_without_needs_and_offers_still_makes_a_page() -> None:
    root = parse(render(make_result(needs=[], offers=[], matches=[])))

    assert "No need has an offer proposed." in text_of(root)

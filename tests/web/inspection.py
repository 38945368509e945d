"""What every page has to be; a page that is not makes the test that fetched it fail."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.constants import DataLossWarning
from werkzeug.test import TestResponse

CONTROLS = ("input", "select", "textarea")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page as a browser reads it."""

    address: str
    status: int
    html: str
    tree: Element

    def all(self, tag: str) -> list[Element]:
        """Return the elements of a kind, in the order of the page."""
        return list(self.tree.iter(tag))

    def one(self, tag: str) -> Element:
        """Return the only element of a kind."""
        (element,) = self.all(tag)
        return element

    def by_id(self, element_id: str) -> Element:
        """Return the element of that id."""
        (element,) = (element for element in self.tree.iter() if element.get("id") == element_id)
        return element

    @property
    def text(self) -> str:
        """Everything that the page says, with single spaces."""
        return words(self.tree)

    @property
    def links(self) -> list[str]:
        """Where the page's links lead, and its style sheets, scripts and icon."""
        anchors = [element.get("href", "") for element in (*self.all("a"), *self.all("link"))]
        return anchors + [element.get("src", "") for element in self.all("script")]


def words(element: Element) -> str:
    """Return the text of an element with single spaces."""
    return " ".join("".join(element.itertext()).split())


def cells(row: Element) -> list[str]:
    """Return the text of each cell of a row."""
    return [words(cell) for cell in row]


def fetch(client: FlaskClient, address: str) -> FetchedPage:
    """Return the page at an address after every check that all pages have to pass."""
    return inspected(address, client.get(address))


def inspected(address: str, response: TestResponse) -> FetchedPage:
    """Return the page that came as an answer, after the same checks."""
    html = response.get_data(as_text=True)
    assert response.mimetype == "text/html", f"{address} is no page"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataLossWarning)
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    page = FetchedPage(address=address, status=response.status_code, html=html, tree=tree)
    problems = list(find_problems(page))
    assert not problems, f"{address}: {problems}"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    return page


def find_problems(page: FetchedPage) -> Iterator[str]:
    """Yield what is wrong with a page."""
    yield from _headline_problems(page)
    yield from _language_problems(page)
    yield from _label_problems(page)
    yield from _inline_problems(page)
    yield from _structure_problems(page)


def _headline_problems(page: FetchedPage) -> Iterator[str]:
    headlines = [words(element) for element in page.all("h1")]
    if headlines != [words(page.one("title"))] or not headlines[0]:
        yield f"the h1 {headlines} is not the title"


def _language_problems(page: FetchedPage) -> Iterator[str]:
    root = page.one("html")
    expected = "rtl" if root.get("lang") == "ar" else "ltr"
    if root.get("lang") not in ("en", "fr", "es", "ru", "zh", "ar") or root.get("dir") != expected:
        yield f"html has lang {root.get('lang')} and dir {root.get('dir')}"


def _label_problems(page: FetchedPage) -> Iterator[str]:
    labelled = {label.get("for") for label in page.all("label")}
    for control in (element for tag in CONTROLS for element in page.all(tag)):
        if control.get("type") != "hidden" and control.get("id") not in labelled:
            yield f"{control.tag} {control.get('name')} has no label"


def _inline_problems(page: FetchedPage) -> Iterator[str]:
    """Yield what the content security policy would refuse."""
    if page.all("style") or any(not script.get("src") for script in page.all("script")):
        yield "a style or script stands in the page itself"
    for element in page.tree.iter():
        refused = [name for name in element.attrib if name == "style" or str(name).startswith("on")]
        if refused:
            yield f"{element.tag} has {refused}"


def _structure_problems(page: FetchedPage) -> Iterator[str]:
    ids = Counter(element.get("id") for element in page.tree.iter() if element.get("id"))
    yield from (f"the id {name} stands {n} times" for name, n in ids.items() if n > 1)
    for tag in ("main", "header", "footer"):
        if not page.all(tag):
            yield f"there is no {tag}"
    if page.all("a")[0].get("href") != f"#{page.one('main').get('id')}":
        yield "the first link does not skip to the content"
    for header in page.all("th"):
        if header.get("scope") not in ("col", "row"):
            yield f"the header {words(header)} has no scope"

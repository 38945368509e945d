"""Pages and their files are sent small to those who can read them so."""

from __future__ import annotations

import gc
import gzip
import warnings

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from tests.web.site import Site

ACCEPTING = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("address", ["/", "/static/css/tandem.css"])
def test_what_is_sent_small_is_the_same(client: FlaskClient, site: Site, address: str) -> None:
    with client.get(address) as response:
        plain = response.data

    with client.get(address, headers=ACCEPTING) as response:
        small, headers = response.data, response.headers

    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == plain
    assert headers["Content-Length"] == str(len(small))
    assert len(small) < len(plain) / 2


@pytest.mark.parametrize("address", ["/", "/static/css/tandem.css"])
def test_a_cache_is_told_that_the_encoding_matters(client: FlaskClient, site: Site, address: str) -> None:
    with client.get(address) as response:
        plain = response.headers

    with client.get(address, headers=ACCEPTING) as response:
        small = response.headers

    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in small["Vary"]


def test_a_file_that_has_not_changed_is_not_sent_again(client: FlaskClient, site: Site) -> None:
    with client.get("/static/css/tandem.css", headers=ACCEPTING) as response:
        tag = response.headers["ETag"]

    with client.get("/static/css/tandem.css", headers={**ACCEPTING, "If-None-Match": tag}) as response:
        again = response

    assert tag.startswith("W/")
    assert again.status_code == 304
    assert again.data == b""


def test_the_answers_for_programs_are_sent_as_they_are(client: FlaskClient, site: Site) -> None:
    response = client.get("/api/v1/needs", headers=ACCEPTING)

    assert "Content-Encoding" not in response.headers


def test_a_reader_who_cannot_decompress_gets_the_page_plain(client: FlaskClient, site: Site) -> None:
    response = client.get("/", headers={"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in response.headers
    assert b"<h1>" in response.data


def test_a_reader_who_hangs_up_leaves_no_file_open(app: Flask, site: Site) -> None:
    """A browser that closed its window in the middle of an icon once left the file open in the server."""
    environ = EnvironBuilder(path="/static/icon.svg", headers=ACCEPTING).get_environ()

    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        answer = app.wsgi_app(environ, lambda *_: lambda _: None)
        del answer
        gc.collect()

    assert [complaint for complaint in complaints if complaint.category is ResourceWarning] == []

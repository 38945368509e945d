"""The real parts that other tests rely on do what these tests believe of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from tests.architecture.tree import ROOT
from tests.support.office import Office
from tests.support.parts import missing_part


def test_a_database_is_new_and_empty(database_url: str) -> None:
    engine = sa.create_engine(database_url)

    tables = sa.inspect(engine).get_table_names()

    engine.dispose()
    assert tables == []


def test_each_database_is_the_one_that_was_asked_for(database_url: str, request: pytest.FixtureRequest) -> None:
    wanted = request.node.callspec.params["database_url"]

    name = sa.make_url(database_url).get_backend_name()

    assert name == wanted


def test_the_browser_lays_out_a_page(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.set_content("<!doctype html><html lang='en' dir='rtl'><title>x</title><p id='p' style='width:50%'>اختبار</p>")

    box = page.locator("#p").bounding_box()

    page.close()
    assert box is not None
    assert box["x"] > 100


def test_the_office_suite_opens_a_table_and_writes_a_workbook(office: Office, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,title\nn-1,Namibia\n", encoding="utf-8")

    workbook = office.convert(table, "xlsx", tmp_path)

    assert workbook.read_bytes()[:4] == b"PK\x03\x04"


def test_another_machine_is_out_of_reach() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection,
        pytest.raises(OSError, match=r"a test tried to reach 192\.0\.2\.1"),
    ):
        connection.connect(("192.0.2.1", 80))


def test_a_missing_part_is_a_skip_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "")

    with pytest.raises(
        pytest.skip.Exception, match=r"^Chromium is not installed; on Debian: apt-get install chromium$"
    ):
        missing_part("Chromium", "chromium")


def test_a_missing_part_is_told_in_one_line_however_many_tests_need_it(tmp_path: Path) -> None:
    """Where there was no browser, `make test` ended in more than two hundred lines that all said so."""
    needing_a_browser = (
        "tests/web/test_report_in_a_browser.py",
        f"{__file__}::{test_the_browser_lays_out_a_page.__name__}",
    )

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *needing_a_browser],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CI": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    told = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert done.returncode == 0, done.stdout
    assert len(told) == 1
    assert told[0].endswith("Chromium is not installed; on Debian: apt-get install chromium")


def test_a_missing_part_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(
        pytest.fail.Exception, match=r"^Chromium is not installed; on Debian: apt-get install chromium$"
    ):
        missing_part("Chromium", "chromium")

"""The page to read and try the API, and what all pages keep to so that the policy lets them work."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.processes import ROOT

TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def page() -> str:
    return Client(headers={"host": "localhost"}).get("/api/v1/docs/").content.decode()


def test_the_page_loads_only_files_that_are_ours(page):
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)

    files = [one.removeprefix("/static/") for one in loaded if one.startswith("/static/")]
    assert set(loaded) - {f"/static/{file}" for file in files} == {"/api/v1/schema/"}
    assert len(files) == 5
    assert [file for file in files if finders.find(file) is None] == []


def test_the_page_shows_the_description_that_is_published_beside_it(page):
    (place,) = re.findall(r'data-schema="([^"]+)"', page)

    described = Client(headers={"host": "localhost"}).get(place).json()

    assert described["openapi"].startswith("3.1")
    assert "/api/v1/groups" in described["paths"]


def test_its_script_speaks_to_nobody_else():
    script = Path(str(finders.find("docs.js"))).read_text()

    assert "//" not in re.sub(r"^// .*$", "", script, flags=re.MULTILINE)
    assert "validatorUrl: null" in script  # Swagger's own would send the description elsewhere


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_anything_inline(template):
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize(
    "inline",
    [
        "<style>",
        '<p style="color: red">',
        "<script>",
        '<script type="module">',
        '<a onclick="x">',
        'href="javascript:"',
    ],
)
def test_anything_inline_would_be_found(inline):
    assert INLINE.search(inline)

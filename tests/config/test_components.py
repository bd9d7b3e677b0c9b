"""The page that shows every component, and the colours that all of them are drawn in."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.test import Client

from config import components
from members.templatetags.lumbung import STATES

STATIC = Path(components.__file__).parent / "static"
SHEET, CATALOGUE = ((STATIC / name).read_text() for name in ("lumbung.css", "components.css"))


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", css))


ROOTS = re.findall(r":root\{(.*?)\}", SHEET, re.DOTALL)
LIGHT = colours(ROOTS[0])
DARK = LIGHT | colours(ROOTS[1])

READ = [
    *((ink, ground) for ink in ("ink", "soft", "indigo", "soga", "red") for ground in ("paper", "card", "wash")),
    *((tone, f"{tone}-wash") for tone in ("green", "red", "amber")),
    ("on-indigo", "indigo"),
    ("on-indigo", "indigo-deep"),
    ("card", "red"),
    ("card", "soga"),
    ("green", "card"),
]
"""Ink on ground, wherever something is read."""


def lightness(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 reckons it, 1 to 21."""
    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_whatever_is_read_can_be_read_in_sunlight_and_at_night(scheme):
    faint = {pair: round(contrast(*(scheme[name] for name in pair)), 2) for pair in READ}

    assert {pair: found for pair, found in faint.items() if found < 4.5} == {}


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_box_to_type_in_and_the_ring_of_focus_are_seen(scheme):
    assert contrast("#8a7c68", scheme["card"]) >= 3
    assert contrast("#8a7c68", scheme["paper"]) >= 3
    assert contrast(scheme["focus"], scheme["paper"]) >= 3


def test_the_page_of_components_has_the_colours_of_all_pages():
    light, dark = re.findall(r"\.scheme\.(?:light|dark)\{(.*?)\}", CATALOGUE)

    assert colours(light) == LIGHT
    assert LIGHT | colours(dark) == DARK


@pytest.fixture(scope="module")
def page() -> str:
    return Client(headers={"host": "localhost"}).get("/komponen").content.decode()


def test_every_component_is_there_in_every_state(page):
    for word in STATES:
        assert f"{STATES[word][2]}</span> {STATES[word][0]}</span>" in page, word
    for part in ("money-box", "boxes", "primary danger", "said ask", "said bad", "said ok", "said warn"):
        assert page.count(f'class="{part}') >= 2, part
    for part in ("empty", "done", "second", "tabs", "scroll", "pairs", "chips", "field wrong", "strip", "code-big"):
        bright, dark = page.split('class="scheme dark"')
        assert bright.count(f'class="{part}') == dark.count(f'class="{part}') > 0, part
    assert "Rp999.999.999.999" in page
    assert components.LONGEST in page


def test_no_two_fields_of_it_have_one_name_for_a_label(page):
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    for wanted in re.findall(r'<label for="([^"]+)"', page):
        assert wanted in ids


def test_headings_go_down_by_steps(page):
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]

    assert all(later <= before + 1 for before, later in pairwise(levels))

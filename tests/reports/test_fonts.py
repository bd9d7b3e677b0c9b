"""The letters of the papers: what is in them, and that figures stand under each other digit by digit."""

import string

import pytest
from fontTools.ttLib import TTFont

from reports.press import HERE

FONTS = [TTFont(HERE / "fonts" / f"lumbung-sans-{style}.ttf") for style in ("regular", "semibold")]
NEEDED = string.ascii_letters + string.digits + ".,;:()/–—·…'\"’“”%&@#*+−<>=Ééèêëāśūṣṭḍñäöüß✓▲■○\u00a0"


def widths(font: TTFont, letters: str) -> set[int]:
    names = font.getBestCmap()
    return {font["hmtx"][names[ord(one)]][0] for one in letters}


@pytest.mark.parametrize("font", FONTS, ids=["regular", "semibold"])
def test_every_figure_is_as_wide_as_the_others(font):
    assert len(widths(font, "0123456789")) == 1


def test_a_total_in_semibold_stands_under_its_column():
    regular, semibold = FONTS
    for one in "0123456789.,()":
        assert widths(regular, one) == widths(semibold, one)


@pytest.mark.parametrize("font", FONTS, ids=["regular", "semibold"])
def test_the_letters_that_are_needed_are_there(font):
    assert [one for one in NEEDED if ord(one) not in font.getBestCmap()] == []


@pytest.mark.parametrize("font", FONTS, ids=["regular", "semibold"])
def test_a_changed_font_has_a_name_of_its_own_and_its_licence(font):
    names = {record.nameID: str(record) for record in font["name"].names}

    assert "Source" not in names[1] + names[4] + names[6]
    assert "SIL Open Font License" in names[13]
    assert "SIL OPEN FONT LICENSE" in (HERE / "fonts" / "OFL.txt").read_text()

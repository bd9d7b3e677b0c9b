"""The archive: whole files or none, and what names one member alone is nobody's without her key."""

import os
from hashlib import sha256
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings

from ledger.ids import uuid7
from members.keys import keyring
from reports import archive
from reports.archive import Key, Unreadable

CONTENT = b"%PDF-1.7 Sari menabung"
DIGEST = sha256(CONTENT).digest()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    place: Path = tmp_path / "statements"
    monkeypatch.setattr(settings, "STATEMENTS_DIR", str(place))
    return place


@pytest.fixture
def hers() -> Key:
    return Key(keyring().new_data_key(), uuid7())


def test_what_was_put_there_is_found_again(folder):
    group, one = uuid7(), uuid7()

    name = archive.put(group, one, CONTENT, None)

    assert archive.get(name, one, DIGEST, None) == CONTENT
    assert (folder / name).read_bytes() == CONTENT
    assert oct((folder / name).stat().st_mode)[-3:] == "600"
    assert [path.name for path in (folder / str(group)).iterdir()] == [name.split("/")[1]]


def test_a_file_under_her_key_can_be_read_with_it_alone(folder, hers):
    group, one = uuid7(), uuid7()
    name = archive.put(group, one, CONTENT, hers)

    assert b"Sari" not in (folder / name).read_bytes()
    assert archive.get(name, one, DIGEST, hers) == CONTENT
    for key in (None, Key(keyring().new_data_key(), hers.person_id), Key(hers.wrapped, uuid7())):
        with pytest.raises(Unreadable):
            archive.get(name, one, DIGEST, key)
    with pytest.raises(Unreadable):
        archive.get(name, uuid7(), DIGEST, hers)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_file_that_is_gone_or_changed_is_never_handed_out(folder, hers, sealed):
    one, key = uuid7(), hers if sealed else None
    name = archive.put(uuid7(), one, CONTENT, key)
    content = (folder / name).read_bytes()

    for place in range(len(content)):
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(Unreadable):
            archive.get(name, one, DIGEST, key)
    (folder / name).unlink()
    with pytest.raises(Unreadable):
        archive.get(name, one, DIGEST, key)


def test_two_different_files_of_one_paper_do_not_write_over_each_other():
    group, one = uuid7(), uuid7()

    first, second = (archive.put(group, one, content, None) for content in (CONTENT, CONTENT + b"!"))

    assert first != second
    archive.discard(second)
    assert archive.get(first, one, DIGEST, None) == CONTENT
    archive.discard(second)


def test_a_crash_before_the_rename_shows_no_half_file(folder):
    group, one = uuid7(), uuid7()

    with mock.patch.object(os, "fsync", side_effect=OSError("no space")), pytest.raises(OSError, match="no space"):
        archive.put(group, one, CONTENT, None)

    assert not [path for path in folder.rglob("*") if path.suffix in (".pdf", ".sealed")]


@pytest.mark.parametrize("name", ["../secrets.json", "/etc/passwd", "", "a/b.pdf"])
def test_no_name_leads_outside(name):
    with pytest.raises(Unreadable):
        archive.get(name, uuid7(), DIGEST, None)

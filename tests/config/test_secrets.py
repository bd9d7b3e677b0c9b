"""The secrets of a data folder: made once, kept for ever, and added to when there is a new kind."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.embedded import load_secrets
from members.sealing import master_key


def test_a_new_folder_gets_its_secrets_once(tmp_path):
    made = load_secrets(tmp_path)

    assert len(master_key(made["MASTER_KEY"])) == 32
    assert load_secrets(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_folder_from_before_gets_a_master_key_and_keeps_the_rest(tmp_path):
    before = load_secrets(tmp_path)
    del before["MASTER_KEY"]
    (tmp_path / "secrets.json").write_text(json.dumps(before))
    (tmp_path / "pg").mkdir()

    after = load_secrets(tmp_path)

    assert len(master_key(after["MASTER_KEY"])) == 32
    assert {name: value for name, value in after.items() if name != "MASTER_KEY"} == before
    assert load_secrets(tmp_path) == after


def test_starts_at_the_same_moment_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(load_secrets, [tmp_path] * 8))

    assert found == [found[0]] * 8


def test_a_database_whose_secrets_are_gone_is_not_given_others(tmp_path):
    (tmp_path / "pg").mkdir()

    with pytest.raises(SystemExit):
        load_secrets(tmp_path)

    assert not (tmp_path / "secrets.json").exists()

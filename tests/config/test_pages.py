"""The pages that belong to no app."""

import pytest
from django.test import Client


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})


def test_the_front_page_says_what_lumbung_is_in_indonesian(client):
    page = client.get("/").content.decode()

    assert '<html lang="id">' in page
    assert "Buku kas kelompok usaha perempuan" in page


def test_the_sign_of_life_asks_nobody(client):
    assert client.get("/healthz").content == b"ok\n"


def test_nothing_is_written_through_these_pages(client):
    assert client.post("/").status_code == 405

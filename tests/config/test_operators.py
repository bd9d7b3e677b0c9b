"""The operator's pages, as a browser meets them: a real login, a real database, the runtime role."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pyotp import TOTP

from config.operators import operators
from config.operators.people import switch_off
from ledger import jobs
from ledger.context import in_book, outside_books
from ledger.ids import uuid7
from ledger.models import Job, Outbox
from members import factors, logins, services, sessions
from members.hashing import Argon2
from members.models import Factor, FactorEvent, Group, Seat, Session, Token, User, UserEvent
from members.sessions import SessionStore
from tests.door import PASSWORD, TODAY, Kelompok, Phone, comes_in, signs_in, somebody
from tests.members.ways import app_of, own_phone
from tests.members.ways import signs_in as signs

LOGIN, SIGN_IN = "/operator/login/", "/masuk/sandi?next=/operator/"
USERS = "/operator/members/user/"
JOBS = "/operator/ledger/job/"
LISTS = [
    *("members/user", "members/group", "members/seat", "members/token", "members/session"),
    *("ledger/job", "ledger/outbox", "axes/accessattempt", "axes/accessfailurelog"),
]


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture
def kelompok(books) -> Kelompok:
    return Kelompok.opened()


def browser() -> Any:
    return Client(headers={"host": "localhost"})


def enters(username: str, password: str = PASSWORD) -> Any:
    """A browser in which she came in, with her password and a code of her app; None when she did not."""
    client = browser()
    client.post(SIGN_IN, {"username": username, "password": password})
    known = User.objects.filter(username=username.lower()).first()
    if known is not None and "_auth_user_id" in client.session:
        shows_a_code(client, known)
    return client if client.get("/operator/").status_code == 200 else None


APPS: dict[Any, TOTP] = {}


def shows_a_code(client: Any, known: User) -> None:
    """Of the app that she has, or sets up here; half a minute after the last one."""
    if not factors.confirmed(known).exists():
        APPS[known.id] = app_of(known)
    Factor.objects.filter(user=known).update(step=0)
    client.post("/masuk/bukti", {"code": APPS[known.id].now()})


def signed_in(username: str) -> Any:
    client = enters(username)
    assert client is not None
    return client


@pytest.fixture
def wulan(books) -> Any:
    """The operator's browser."""
    somebody("wulan", operator=True)
    return signed_in("wulan")


def does(client: Any, action: str, *rows: object, at: str = USERS, sure: bool = True):
    """One action on rows of a list, with the question answered."""
    sent = {"action": action, "_selected_action": [str(row) for row in rows], "index": "0"}
    return client.post(at, sent | ({"sure": "yes"} if sure else {}))


def user(username: str) -> User:
    return User.objects.get(username=username)


def shown_password(page: str) -> str:
    found = re.search(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){2})</code>", page)
    assert found is not None, page
    return found[1]


def changed_by_wulan(subject: User) -> bool:
    """Whether the history of a user names the operator."""
    events: Any = UserEvent
    return bool(events.objects.filter(id=subject.pk, pgh_context__actor=str(user("wulan").pk)).exists())


def a_failed_job(task: str = "reports.pdf", **facts: object) -> Job:
    jobs.enqueue(task, key=str(uuid7()), **facts)  # type: ignore[arg-type]
    job = Job.objects.get(id=Outbox.objects.latest("id").job_id)
    Job.objects.filter(id=job.id).update(status="failed", attempts=3, error="RuntimeError: no paper")
    Outbox.objects.filter(job=job).update(sent_at=job.created_at)
    return job


# Who comes in


def test_an_operator_comes_in_with_her_own_password(wulan):
    page = wulan.get("/operator/")

    assert page.status_code == 200
    assert "Pengguna" in page.content.decode()
    assert '<html lang="id"' in page.content.decode()


def test_who_is_not_signed_in_signs_in_where_everybody_does(books):
    asked = browser().get(LOGIN + "?next=/operator/ledger/job/")

    assert asked["Location"] == "/masuk/sandi?next=%2Foperator%2Fledger%2Fjob%2F"


def test_a_password_alone_opens_none_of_these_pages(books):
    wulan = somebody("wulan", operator=True)
    client = browser()
    client.post(SIGN_IN, {"username": "wulan", "password": PASSWORD})

    sets_up = client.get("/operator/", follow=True)
    assert sets_up.redirect_chain[-1][0] == "/akun/amankan?next=%2Foperator%2F"
    assert "Aplikasi kode" in sets_up.content.decode() and "HP ini dengan PIN" not in sets_up.content.decode()

    app_of(wulan)
    proves = client.get("/operator/", follow=True)
    assert proves.redirect_chain[-1][0] == "/masuk/bukti?next=%2Foperator%2F"
    shows_a_wrong_code = client.post("/masuk/bukti?next=/operator/", {"code": "000000"})
    assert shows_a_wrong_code.status_code == 409
    assert client.get("/operator/").status_code == 302


@pytest.mark.parametrize("way", ["password", "device", "pin", "card"])
def test_no_other_way_in_opens_them_either(books, way):
    wulan = somebody("wulan", operator=True)
    app_of(wulan)
    phone = own_phone(wulan, way="totp").device
    key = signs(wulan, way=way, device=phone if way in ("device", "pin") else None)
    client = browser()
    client.cookies["__Host-sessionid"] = client.cookies["sessionid"] = key

    assert client.get("/operator/").status_code == 302


def test_a_name_is_one_name_however_its_letters_are_cased(books):
    somebody("wulan", operator=True)

    assert enters("Wulan")


def test_nobody_else_comes_in(kelompok):
    somebody("asleep", operator=True)
    User.objects.filter(username="asleep").update(is_active=False)

    for name, password in [
        ("a.budi", PASSWORD),  # a treasurer, with the right password
        ("a.dewi", PASSWORD),  # a member
        ("a.budi", "salah-sekali"),
        ("asleep", PASSWORD),
        ("nobody", PASSWORD),
    ]:
        assert not enters(name, password), name


def test_a_first_password_opens_them_when_she_has_her_own_and_an_app(books):
    _, first = outside_books(None, lambda: logins.open_user("new", operator=True))
    client = browser()
    client.post(SIGN_IN, {"username": "new", "password": first})
    assert client.get("/operator/").status_code == 302

    client.post("/akun/sandi", {"new": "sawah-membentang-9", "again": "sawah-membentang-9"})
    assert client.get("/operator/").status_code == 302

    assert enters("new", "sawah-membentang-9")


def test_an_operator_who_is_given_a_first_password_is_out_at_once(wulan):
    User.objects.filter(username="wulan").update(password_is="one_time")

    assert wulan.get("/operator/").status_code == 302


def addresses() -> list[str]:
    """Every address of the site, with an id where one belongs."""
    some = str(uuid7())
    found: list[str] = []
    for pattern in operators.get_urls():
        for route in [pattern, *getattr(pattern, "url_patterns", [])]:
            prefix = "" if route is pattern else str(pattern.pattern)
            path = re.sub(r"<[^>]*>", some, prefix + str(route.pattern))
            if not re.search(r"[\^(]", path):
                found.append(f"/operator/{path}")
    return [*found, "/operator/members/", "/operator/nothing"]


def test_every_address_is_shut_to_strangers_and_to_a_treasurer(kelompok):
    treasurer = comes_in(browser(), kelompok.budi.user)
    assert len(addresses()) > 30

    for who in (browser(), treasurer):
        for address in addresses():
            if address == LOGIN:
                continue
            for answer in (who.get(address), who.post(address, {"sure": "yes"})):
                shut = answer.status_code in (302, 403)
                assert shut, (address, answer.status_code)
                if answer.status_code == 302 and "logout" not in address:
                    assert answer["Location"].startswith(LOGIN), address


def test_a_form_from_elsewhere_is_refused(wulan):
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    strict.cookies = wulan.cookies

    assert strict.post(USERS + "add/", {"username": "x.y"}).status_code == 403


# What is there


def test_only_the_doors_tables_are_shown():
    assert {model._meta.label for model in operators._registry} == {
        *("members.User", "members.Group", "members.Seat", "members.Token", "members.Session"),
        *("ledger.Job", "ledger.Outbox", "axes.AccessAttempt", "axes.AccessFailureLog"),
    }


def test_every_page_opens_without_a_script_or_a_style_of_its_own(wulan, kelompok):
    job = a_failed_job(group_id=kelompok.id)
    token = Token.objects.get(user=kelompok.budi.user)
    budi = kelompok.budi.user
    pages = [
        "/operator/",
        "/operator/password_change/",
        "/operator/password_change/done/",
        *(f"/operator/{name}/" for name in LISTS),
        USERS + "add/",
        *(f"{USERS}{budi.pk}/{page}/" for page in ("change", "history")),
        f"/operator/members/group/{kelompok.id}/change/",
        f"{JOBS}{job.id}/change/",
        f"{JOBS}{job.id}/history/",
        f"/operator/members/token/{token.id}/revoke/",
        USERS + "?q=budi",
        USERS + "?is_active=True&password_is=own",
        JOBS + f"?q={kelompok.id}",
        JOBS + "?status=failed",
    ]
    for page in pages:
        answer = wulan.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert "<style" not in text, page
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), page
        assert not re.search(r"\s(style|on[a-z]+)=[\"']", text), page
        assert "argon2" not in text, page


def test_a_list_costs_as_many_queries_for_thirty_rows_as_for_three(wulan, books, monkeypatch):
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(days=1))
    wulan.get("/operator/")  # that she was seen is noted with the first request

    def grows(prefix: str, count: int) -> None:
        for number in range(count):
            somebody_else = User.objects.create(username=f"{prefix}{number:03}", password="!")
            group = Group.objects.create(name=f"{prefix} {number}", currency="IDR", digits=0, timezone="Asia/Jakarta")
            Seat.objects.create(user=somebody_else, group=group, roles=["treasurer"])
            Token.objects.create(somebody_else)
            Session.objects.create(user=somebody_else, session_key=f"{prefix}{number}", expire_date=group_day())
            a_failed_job(group_id=group.id)
            AccessAttempt.objects.create(
                username=f"{prefix}{number}", ip_address="10.0.0.1", failures_since_start=1, attempt_time=group_day()
            )

    def counted() -> dict[str, int]:
        found = {}
        for name in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert wulan.get(f"/operator/{name}/").status_code == 200
            found[name] = len(queries)
        return found

    grows("few", 3)
    few = counted()
    grows("many", 27)

    assert counted() == few


def group_day():
    from django.utils import timezone

    return timezone.now()


def test_a_demonstration_group_says_so(wulan, books):
    Group.objects.create(name="DEMO Melati", demo=True, currency="IDR", digits=0, timezone="Asia/Jakarta")

    assert "DEMO Melati" in wulan.get("/operator/members/group/").content.decode()


def test_groups_and_seats_are_only_read(wulan, kelompok):
    seat = Seat.objects.filter(group=kelompok.group).first()
    assert seat is not None

    assert wulan.post(f"/operator/members/group/{kelompok.id}/change/", {"name": "Lain"}).status_code == 403
    assert wulan.post(f"/operator/members/group/{kelompok.id}/delete/", {"post": "yes"}).status_code == 403
    assert wulan.get("/operator/members/group/add/").status_code == 403
    assert wulan.get(f"/operator/members/seat/{seat.id}/change/").status_code == 404
    assert "a.budi" in wulan.get(f"/operator/members/seat/?user__id__exact={kelompok.budi.user.pk}").content.decode()


# Users


def test_a_new_user_has_a_first_password_that_is_shown_once_and_opens_once(wulan):
    answer = wulan.post(USERS + "add/", {"username": "Ratna.K", "may_open_groups": "on"})
    first = shown_password(answer.content.decode())

    ratna = user("ratna.k")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert (ratna.may_open_groups, ratna.is_operator, ratna.password_is) == (True, False, "one_time")
    assert changed_by_wulan(ratna)

    told = [wulan.get(page).content.decode() for page in (USERS, f"{USERS}{ratna.pk}/change/", "/operator/")]
    told += [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    told += [str(SessionStore(session.session_key).load()) for session in Session.objects.all()]
    told += [morsel.value for morsel in wulan.cookies.values()]
    assert not [text for text in told if first in text]
    assert "ratna" not in " ".join(entry.object_repr for entry in LogEntry.objects.all())
    assert LogEntry.objects.get(object_id=str(ratna.pk)).object_repr == f"user {ratna.pk}"

    phone = Phone()
    login = {"username": "ratna.k", "password": first}
    assert phone.posts("auth/tokens", login)["password_change_required"] is True
    assert phone.posts("auth/tokens", login).status == 401


def test_a_user_with_a_strange_or_a_taken_name_is_not_made(wulan):
    for name in ("Bu Ratna", "x", "wulan", "WULAN", ""):
        answer = wulan.post(USERS + "add/", {"username": name})

        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode(), name
    assert User.objects.count() == 1


def test_a_user_is_not_edited_and_not_deleted(wulan):
    ratna = somebody("ratna")

    changed = wulan.post(f"{USERS}{ratna.pk}/change/", {"username": "lain", "is_operator": "on", "password": "x"})
    deleted = wulan.post(f"{USERS}{ratna.pk}/delete/", {"post": "yes"})
    does(wulan, "delete_selected", ratna.pk)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert not user("ratna").is_operator


def test_a_new_first_password_is_asked_about_shown_once_and_signs_her_out(wulan, kelompok):
    budi = kelompok.budi.user
    asked = does(wulan, "new_first_password", budi.pk, sure=False)
    assert "Ya, lanjutkan" in asked.content.decode()
    assert kelompok.budi.gets("me").status == 200

    answer = does(wulan, "new_first_password", budi.pk)

    first = shown_password(answer.content.decode())
    assert kelompok.budi.gets("me").status == 401
    assert user("a.budi").password_is == "one_time"
    assert changed_by_wulan(budi)
    assert Phone().posts("auth/tokens", {"username": "a.budi", "password": first}).status == 201
    entry = LogEntry.objects.get(object_id=str(budi.pk))
    assert first not in entry.change_message + entry.object_repr


def test_she_makes_no_first_password_for_herself_nor_for_two_at_once(wulan):
    ratna = somebody("ratna")

    does(wulan, "new_first_password", user("wulan").pk)
    does(wulan, "new_first_password", ratna.pk, user("wulan").pk)

    assert {one.password_is for one in User.objects.all()} == {"own"}


def test_switching_off_ends_tokens_and_sessions_and_on_again_lets_her_in(wulan):
    rival = somebody("rival", operator=True)
    her_browser, phone = signed_in("rival"), signs_in(rival)

    does(wulan, "switch_off", rival.pk)

    assert phone.gets("me").status == 401
    assert her_browser.get("/operator/").status_code == 302
    assert not Token.objects.filter(user=rival).exists()
    assert not Session.objects.filter(user=rival).exists()
    assert not enters("rival")
    assert changed_by_wulan(rival)

    does(wulan, "switch_on", rival.pk)

    assert enters("rival")


def test_an_operator_switches_off_neither_herself_nor_so_the_last_one(wulan):
    does(wulan, "switch_off", user("wulan").pk)
    assert user("wulan").is_active

    rival = somebody("rival", operator=True)
    does(wulan, "switch_off", rival.pk, user("wulan").pk)
    assert user("wulan").is_active
    assert user("rival").is_active

    outside_books(None, lambda: switch_off([rival.pk], by=user("wulan")))
    with pytest.raises(PermissionDenied):  # the two of them at once: the later one finds herself switched off
        outside_books(None, lambda: switch_off([user("wulan").pk], by=rival))
    assert user("wulan").is_active


def test_an_erased_user_stays_off(wulan):
    gone = somebody("gone")
    gone.set_unusable_password()
    gone.is_active = False
    gone.save()

    does(wulan, "switch_on", gone.pk)
    does(wulan, "new_first_password", gone.pk)

    assert not user("gone").is_active
    assert not user("gone").has_usable_password()


def test_who_lost_her_second_way_is_asked_about_and_sets_up_another(wulan, kelompok):
    sari = user("a.sari")
    app_of(sari)
    browser_of_hers = comes_in(browser(), sari)

    asked = does(wulan, "forget_factors", sari.pk, sure=False)
    assert asked.status_code == 200 and factors.confirmed(sari).exists()
    does(wulan, "forget_factors", sari.pk)

    assert not factors.confirmed(sari).exists()
    assert browser_of_hers.get("/akun").status_code == 302
    assert LogEntry.objects.filter(object_id=str(sari.pk), change_message="Cara masuk kedua dihapus").exists()
    events: Any = FactorEvent
    assert events.objects.filter(user=sari, pgh_label="delete").exists()


def test_an_operator_takes_away_neither_her_own_nor_several_at_once(wulan, kelompok):
    does(wulan, "forget_factors", user("wulan").pk)
    does(wulan, "forget_factors", user("wulan").pk, kelompok.budi.user.pk)

    assert factors.confirmed(user("wulan")).exists()


def test_signing_out_everywhere_leaves_the_password(wulan, kelompok):
    does(wulan, "sign_out", kelompok.budi.user.pk)

    assert kelompok.budi.gets("me").status == 401
    assert Phone().posts("auth/tokens", {"username": "a.budi", "password": PASSWORD}).status == 201


def test_signing_herself_out_everywhere_ends_where_one_signs_in(wulan):
    answer = does(wulan, "sign_out", user("wulan").pk)

    assert answer.status_code == 302
    assert answer["Location"] == LOGIN
    assert wulan.get("/operator/").status_code == 302
    assert enters("wulan")


def test_revoking_the_session_one_is_in_ends_there_too(wulan):
    key = Session.objects.get().session_key

    answer = wulan.post(f"/operator/members/session/{sha256(key.encode()).hexdigest()}/revoke/")

    assert answer["Location"] == LOGIN
    assert wulan.get("/operator/").status_code == 302


def test_she_changes_her_own_password_by_the_rules_and_other_browsers_end(wulan):
    other = signed_in("wulan")

    def changes(old: str, new: str) -> int:
        sent = {"old_password": old, "new_password1": new, "new_password2": new}
        return int(wulan.post("/operator/password_change/", sent).status_code)

    assert changes("salah", "sawah-membentang-9") == 200
    assert changes(PASSWORD, PASSWORD) == 200
    assert changes(PASSWORD, "12345678") == 200
    assert changes(PASSWORD, "sawah-membentang-9") == 302

    assert wulan.get("/operator/").status_code == 200
    assert other.get("/operator/").status_code == 302
    assert enters("wulan", "sawah-membentang-9")
    # Nobody was there when she was made; the change is her own.
    assert changed_by_wulan(user("wulan"))


# Tokens, sessions, lockouts


def test_a_revoked_token_opens_nothing_any_more(wulan, kelompok):
    token = Token.objects.get(user=kelompok.budi.user)
    address = f"/operator/members/token/{token.id}/revoke/"

    assert "a.budi" in wulan.get(address).content.decode()
    assert kelompok.budi.gets("me").status == 200
    assert wulan.post(address).status_code == 302

    assert kelompok.budi.gets("me").status == 401
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.object_repr) == (str(token.id), f"token of user {token.user_id}")


def test_a_revoked_session_is_over(wulan):
    rival = somebody("rival", operator=True)
    her_browser = signed_in("rival")
    key = Session.objects.get(user=rival).session_key

    assert wulan.post(f"/operator/members/session/{key}/revoke/").status_code == 404
    assert wulan.post(f"/operator/members/session/{sha256(key.encode()).hexdigest()}/revoke/").status_code == 302

    assert her_browser.get("/operator/").status_code == 302
    assert key not in str(LogEntry.objects.values_list())


def test_no_secret_of_a_login_stands_in_a_page(wulan, kelompok):
    listed = [wulan.get(f"/operator/members/{name}/").content.decode() for name in ("token", "session")]

    assert "a.budi" in listed[0]
    assert "wulan" in listed[1]
    for token in Token.objects.all():
        assert token.digest not in listed[0]
        assert token.token_key not in listed[0]
        assert wulan.get(f"/operator/members/token/{token.digest}/change/").status_code == 404
    for session in Session.objects.all():
        assert session.session_key not in listed[1]
        assert session.session_data not in listed[1]


def test_unlocking_lets_her_in_again(wulan, kelompok):
    for agent in ("one", "two"):
        for _ in range(3):
            Client(headers={"host": "localhost", "user-agent": agent}).post(
                "/api/v1/auth/tokens", {"username": "a.budi", "password": "salah"}, content_type="application/json"
            )
    right = {"username": "a.budi", "password": PASSWORD}
    assert Phone().posts("auth/tokens", right).status == 429

    attempt = AccessAttempt.objects.filter(username="a.budi").first()
    assert attempt is not None
    does(wulan, "unlock", attempt.pk, at="/operator/axes/accessattempt/")

    assert Phone().posts("auth/tokens", right).status == 201


# Jobs


def test_a_failed_job_runs_again_and_the_log_says_who_asked(wulan, kelompok):
    job = a_failed_job(group_id=kelompok.id)
    page = wulan.get(f"{JOBS}{job.id}/change/").content.decode()
    assert "no paper" in page
    assert "JARBANGSRI" in page

    does(wulan, "run_again", job.id, at=JOBS)

    job.refresh_from_db()
    assert (job.status, job.attempts) == ("queued", 0)
    assert Outbox.objects.filter(job=job, sent_at=None).count() == 1
    assert LogEntry.objects.get(object_id=str(job.id)).user == user("wulan")


def test_a_job_that_is_done_stays_done(wulan):
    job = a_failed_job()
    Job.objects.filter(id=job.id).update(status="done", result={"balance": 918273})

    does(wulan, "run_again", job.id, at=JOBS)

    job.refresh_from_db()
    assert job.status == "done"
    assert "918273" not in wulan.get(f"{JOBS}{job.id}/change/").content.decode()


def test_the_outbox_shows_what_has_not_gone_out_first(wulan):
    a_failed_job("first.sent")
    jobs.enqueue("then.waiting", key="then")

    page = wulan.get("/operator/ledger/outbox/").content.decode()

    assert page.index("then.waiting") < page.index("first.sent")


def test_nobodys_name_and_no_amount_reaches_these_pages(wulan, kelompok):
    in_book(
        kelompok.id,
        kelompok.budi.user.pk,
        lambda: services.add_member(
            kelompok.id, today=TODAY, name="Suharti Wahyuni", joined_on=TODAY, personal={"address": "Kebon Agung 9"}
        ),
    )
    kelompok.has(7_654_321)

    for page in ["/operator/", *(f"/operator/{name}/" for name in LISTS)]:
        text = wulan.get(page).content.decode()
        assert not re.search(r"Suharti|Kebon Agung|7\.?654\.?321", text), page

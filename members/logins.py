"""Users, their passwords and their tokens. Belongs to no group.

A first password is made by somebody else, so it is good for one login, and the token it gives may only set her own.
"""

import re
import secrets
from uuid import UUID

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from members.errors import AnotherUsername, OfficersLogin, UsernameTaken, WrongOldPassword
from members.models import CodeCard, Device, Enrolment, Factor, Seat, Session, Token, User, WrongTry

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another


PASSWORD = ("password", "password_is")  # only these are saved: she may have been switched off meanwhile
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,59}")


def is_username(text: str) -> bool:
    """Whether it can be a user name; capital letters are made small."""
    return USERNAME.fullmatch(text) is not None


class BadPassword(Exception):
    """The chosen password is too weak; `sentences` say why."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("bad password")


def first_password() -> str:
    """Twelve letters in three blocks, 59 random bits: easy to read out once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def open_user(
    username: str, password: str | None = None, *, operator: bool = False, opens_groups: bool = False
) -> tuple[User, str]:
    """A new user with a first password, which is returned. Raises UsernameTaken, BadPassword."""
    username = username.lower()
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    user = User(
        username=username,
        password_is=User.Password.ONE_TIME,
        is_operator=operator,
        may_open_groups=opens_groups,
    )
    if password is not None:
        _good_enough(password, user)
    password = password or first_password()
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise UsernameTaken(username=username) from None
    return user, password


def open_nameless_user() -> User:
    """A new user without a password, who comes in with an enrolled phone or a card. Her user name says nothing."""
    username = "anggota." + "".join(secrets.choice(LETTERS) for _ in range(8))
    user = User(username=username, password_is=User.Password.NONE)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def name_user(user: User, username: str) -> str:
    """Give who had none a name she chose, and a first password, which is returned. Raises UsernameTaken."""
    if User.objects.filter(username=username.lower()).exists():
        raise UsernameTaken(username=username.lower())
    user.username = username.lower()
    user.save(update_fields=["username"])
    return give_first_password(user)


def is_guarded(user: User) -> bool:
    """Whether nobody else may make her a way in: she runs the service, opens groups, holds an office somewhere, or
    signs in for a lender. Who could, could act as two, or see what was opened to the lender alone."""
    sits = Seat.objects.filter(user=user).exclude(roles=[], lender_id=None)
    return user.is_operator or user.may_open_groups or sits.exists()


def same_username(user: User, username: str) -> None:
    """Raises AnotherUsername unless that is her name already."""
    if user.username != username.lower():
        raise AnotherUsername()


def reset_first_password(user: User, *, username: str, held_office: bool) -> str:
    """A new first password for a plain member; whatever she was signed in on is signed out. Without a password she is
    named.

    Raises OfficersLogin for who is or was an officer, and for an operator: who resets it could act as two.
    """
    if user.password_is != User.Password.NONE:
        same_username(user, username)
    if held_office or is_guarded(user):
        raise OfficersLogin()
    return name_user(user, username) if user.password_is == User.Password.NONE else give_first_password(user)


def give_first_password(user: User) -> str:
    """A new first password for anybody, by the operator of the service; she is signed out everywhere."""
    password = first_password()
    user.set_password(password)
    user.password_is = User.Password.ONE_TIME
    user.save(update_fields=PASSWORD)
    sign_out_everywhere(user)
    return password


def set_own_password(user: User, *, old: str | None, new: str, keep: Token | None = None) -> None:
    """Her own password from now on; every token and session but `keep` ends. `old` None: she came in with her first
    password just now. Raises WrongOldPassword, BadPassword."""
    fresh = old is None and user.password_is == User.Password.SPENT
    if not fresh and not check_password(old or "", user.password):
        raise WrongOldPassword()
    if check_password(new, user.password):
        raise BadPassword(["Kata sandi baru harus lain dari yang lama."])
    _good_enough(new, user)
    user.set_password(new)
    user.password_is = User.Password.OWN
    user.save(update_fields=PASSWORD)
    sign_out_everywhere(user, keep=keep)


def sign_out_everywhere(user: User, *, keep: Token | None = None) -> None:
    """End her tokens and sessions."""
    tokens = Token.objects.filter(user=user)
    (tokens.exclude(digest=keep.digest) if keep else tokens).delete()
    Session.objects.filter(user=user).delete()


def end_ways(user: User) -> None:
    """End her enrolled phones, her card, and a code that waits, with what is signed in through them."""
    Session.objects.filter(user=user, way__in=[Session.Way.DEVICE, Session.Way.CARD]).delete()
    Device.objects.filter(user=user, ended_at=None).update(ended_at=Now(), digest_before=None)
    CodeCard.objects.filter(user=user, ended_at=None).update(ended_at=Now())
    Enrolment.objects.filter(user=user, spent_at=None).delete()


def take_office(user: User) -> None:
    """A plain member becomes an officer. Whoever enrolled a phone for her or printed her card may still hold it, and
    would act as her beside herself: every way in but her password ends, and she sets up her own."""
    if is_guarded(User.objects.select_for_update().get(id=user.id)):
        return
    end_ways(user)
    Factor.objects.filter(user=user).delete()


def forget_ways(user: User) -> None:
    """Remove every way in but the password, and what was counted: nothing of it is left but the history."""
    for ways in (Device, CodeCard, Enrolment, Factor, WrongTry):
        ways._default_manager.filter(user_id=user.id).delete()


def open_token(user: User, *, label: str | None, way: str | None = None) -> tuple[Token, str]:
    """A token for one device; a first password is spent with it. Gives the row, and the token, shown once. `way` is
    what she showed beside her password."""
    spend_first_password(user)
    User.objects.filter(id=user.id).update(last_login=Now())
    row, token = Token.objects.create(user, label=label, way=way)
    return row, token


def spend_first_password(user: User) -> None:
    """She signs in with her password; a first one is good for no other login. Raises FirstPasswordSpent."""
    if user.password_is == User.Password.ONE_TIME:
        # Two logins at once: one of them finds it spent.
        hers = User.objects.filter(id=user.id, password_is=User.Password.ONE_TIME)
        if not hers.update(password_is=User.Password.SPENT):
            raise FirstPasswordSpent()
        user.password_is = User.Password.SPENT


class FirstPasswordSpent(Exception):
    """The first password was used before."""


def revoke_token(user: User, token_id: UUID) -> bool:
    """End one of her own tokens; False when she has no such."""
    return bool(Token.objects.filter(user=user, id=token_id).delete()[0])


def _good_enough(password: str, user: User) -> None:
    if user.username in password.lower():
        raise BadPassword(["Kata sandi tidak boleh memuat nama pengguna."])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadPassword(list(error.messages)) from None


def forget_attempts(pattern: str) -> None:
    """Remove the wrong logins counted under what a regular expression names."""
    for counted in (AccessAttempt, AccessFailureLog, AccessLog):
        counted.objects.filter(username__iregex=pattern).delete()

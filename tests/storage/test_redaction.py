"""No secret is told, and no text from outside breaks a line."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.objects import StoreError
from storage.redaction import MASK, MIN_LENGTH, one_line, redacted, secrets_of
from storage.state.database import DatabaseError, open_database

SECRET = "s3cr3t/pass+word=="


@pytest.mark.parametrize(
    "text",
    [
        f"cannot reach https://paper:{quote(SECRET, safe='')}@store.example/bucket",
        "cannot reach postgresql+psycopg://paper:hunter2@db.example:5432/press",
        "proxy http://paper@proxy.example:3128 refused",
        "GET https://bucket.example/key?X-Amz-Credential=AKIAXXX&X-Amz-Signature=deadbeef12 failed",
        "https://paper.example/feed?api_key=abcdef123&page=2",
        "Authorization: Basic cGFwZXI6aHVudGVyMg==",
        "headers: {b'Cookie': [b'session=deadbeef12']}",
        "Set-Cookie: session=deadbeef12; Path=/",
        "sent with Bearer eyJhbGciOiJIUzI1NiJ9.e30.deadbeef12",
        "aws_secret_access_key=wJalrXUtnFEMIdeadbeef12",
        "password: 'deadbeef12'",
        "signed by AKIAIOSFODNN7EXAMPLE",
        "https://hooks.slack.com/services/T000/B000/deadbeef12",
        "https://discord.com/api/webhooks/1/deadbeef12",
    ],
)
def test_what_looks_like_a_secret_is_not_told(text: str) -> None:
    told = redacted(text, frozenset())

    assert MASK in told
    for secret in (
        "deadbeef12",
        "hunter2",
        "cGFwZXI6",
        "abcdef123",
        "AKIA",
        "paper:",
        "paper@",
        quote(SECRET, safe=""),
    ):
        assert secret not in told
    assert redacted(told, frozenset()) == told


@pytest.mark.parametrize(
    "text",
    [
        "https://paper.example/2026/11/22/author-signs-secret-pact?author=me&page=2",
        "write to desk@paper.example, or see https://medium.com/@paper/story",
        "paper: cookie wall, basic authentication is needed",
        "12 tokens of 3 sites",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text, frozenset()) == text


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=MIN_LENGTH, max_size=40),
    st.sampled_from(
        ["AWS_SECRET_ACCESS_KEY", "PREFECT_API_KEY", "MY_WEBHOOK", "SMTP_PASSWORD", "SOME_TOKEN"]
    ),
    st.text(max_size=20),
)
def test_the_value_of_a_secret_setting_is_told_nowhere(secret: str, name: str, around: str) -> None:
    known = secrets_of({name: secret})
    if not known:  # a switch, a number
        return
    text = f"{around} {secret} {quote(secret, safe='')} {secret!r} {around}"

    assert secret.strip("*") == "" or secret not in redacted(text, known).replace(around, "")


def test_a_password_in_a_setting_is_a_secret_by_itself() -> None:
    known = secrets_of({"PRESSRUN_DATABASE": "postgresql://paper:p%40ss%2Fword@db/press", "HOME": "/root"})

    assert redacted("the server said: p@ss/word is wrong", known) == "the server said: *** is wrong"
    assert "/root" in redacted("/root/work", known)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSH_AUTH_SOCK", "/tmp/agent.1"),
        ("AWS_TOKEN_FILE", "/run/secrets/token"),
        ("AUTH_REQUIRED", "false"),
        ("PWD", "/home/press"),
    ],
)
def test_switches_and_paths_are_no_secrets(name: str, value: str) -> None:
    assert secrets_of({name: value}) == frozenset()


@given(st.text())
def test_one_line_is_one_line_and_moves_no_cursor(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in line)
    assert one_line(line) == line
    line.encode()


def test_errors_of_store_and_database_carry_no_password() -> None:
    assert "hunter2" not in str(StoreError("cannot reach http://paper:hunter2@store.example"))
    with pytest.raises(DatabaseError) as failure:
        open_database("postgresql://paper:hunter2@127.0.0.1:1/press")
    assert "hunter2" not in str(failure.value)
    with pytest.raises(DatabaseError) as failure:
        open_database("postgresql//paper:hunter2@127.0.0.1:1/press")
    assert "hunter2" not in str(failure.value)

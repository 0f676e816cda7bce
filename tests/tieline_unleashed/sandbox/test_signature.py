"""Who may call: the contract's own vectors, and every wrong way to sign."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_unleashed.sandbox import Profile
from tieline_unleashed.sandbox.signature import sign


@pytest.mark.parametrize(
    ("query", "signature"),
    [
        ("", "YQdIIXLZARalPJLbkyU5qO3ZlQiKo8Y/8MnKhXD862E="),
        ("customerCode=ACME", "twgIy40Zc2dh1rDBr5sl4dy+dI9wDrOBr679kp3dA9w="),
        ("customerName=Blue Sky&pageSize=200", "RVOOJkm97Sw5cX28wCLvZ54LIBFW5U/aLpJlv/kRu8I="),
        ("contactEmail=a@b.co", "tMPPCPR9ltRqNyAfTwQX6e/55iLE7pNywd/jjbs+iYg="),
    ],
)
def test_the_contracts_vectors(query: str, signature: str) -> None:
    assert sign("sandbox-key", query) == signature


@pytest.mark.parametrize("name", ["api-auth-id", "api-auth-signature"])
@pytest.mark.parametrize("value", [None, "", "wrong", "wröng \udc80"])
def test_a_missing_or_wrong_header_is_403(desk: Any, name: str, value: str | None) -> None:
    answer = desk.call("GET", "/Customers", headers={name: value})
    assert answer.status == 403
    assert answer.json()["Code"] == "Forbidden"


@pytest.mark.parametrize(
    "message",
    [
        "customerName=Blue%20Sky",
        "?customerName=Blue Sky",
        "/Customers?customerName=Blue Sky",
        "GETcustomerName=Blue Sky",
        "",
    ],
)
def test_signing_anything_but_the_decoded_query_is_403(desk: Any, message: str) -> None:
    key = desk.unleashed.credentials()["api_key"]
    headers = {"api-auth-signature": sign(key, message)}
    assert desk.call("GET", "/Customers?customerName=Blue%20Sky", headers=headers).status == 403


@pytest.mark.parametrize("sent", ["Blue%20Sky", "Blue+Sky"])
def test_a_space_is_signed_as_a_space(desk: Any, sent: str) -> None:
    assert desk.call("GET", f"/Customers?customerName={sent}").status == 200


def test_the_encoded_form_passes_when_the_organisation_is_set_so(opened: Any) -> None:
    desk = opened(profile=Profile(accept_encoded_signature=True))
    key = desk.unleashed.credentials()["api_key"]
    query = "contactEmail=a%40b.co"
    headers = {"api-auth-signature": sign(key, query)}
    assert desk.call("GET", f"/Customers?{query}", headers=headers).status == 200


def test_credentials_are_kept_in_the_folder_and_differ_between_folders(opened: Any, tmp_path: Any) -> None:
    first = opened(folder=tmp_path / "a", seed=1).unleashed.credentials()
    again = opened(folder=tmp_path / "a", seed=2).unleashed.credentials()
    other = opened(folder=tmp_path / "b", seed=3).unleashed.credentials()
    assert first == again
    assert set(first) == {"api_id", "api_key"}
    assert not set(first.values()) & set(other.values())

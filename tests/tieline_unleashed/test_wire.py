"""Signature, address and headers."""

from __future__ import annotations

import pytest

from tieline.contract import Misconfigured
from tieline_unleashed.wire import base_address, encoded, signature, signed_text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([], "YQdIIXLZARalPJLbkyU5qO3ZlQiKo8Y/8MnKhXD862E="),
        ([("customerCode", "ACME")], "twgIy40Zc2dh1rDBr5sl4dy+dI9wDrOBr679kp3dA9w="),
        ([("customerName", "Blue Sky"), ("pageSize", "200")], "RVOOJkm97Sw5cX28wCLvZ54LIBFW5U/aLpJlv/kRu8I="),
        ([("contactEmail", "a@b.co")], "tMPPCPR9ltRqNyAfTwQX6e/55iLE7pNywd/jjbs+iYg="),
    ],
)
def test_signature_matches_the_contract(query: list[tuple[str, str]], expected: str) -> None:
    assert signature("sandbox-key", query) == expected


def test_query_is_signed_decoded_and_sent_encoded() -> None:
    query = [("customerName", "Blue Sky & Söhne+"), ("contactEmail", "a@b.co")]
    assert signed_text(query) == "customerName=Blue Sky & Söhne+&contactEmail=a@b.co"
    assert encoded(query) == "customerName=Blue%20Sky%20%26%20S%C3%B6hne%2B&contactEmail=a%40b.co"


@pytest.mark.parametrize(
    "good", ["https://api.example.com", "https://h:8443/v1/", "http://127.0.0.1:80", " https://h "]
)
def test_address_ends_with_one_slash(good: str) -> None:
    assert base_address(good) == good.strip().rstrip("/") + "/"


@pytest.mark.parametrize(
    "bad", ["", "api.example.com", "http://api.example.com", "https://h/?a=b", "ftp://h", "https://"]
)
def test_unsafe_address_is_refused(bad: str) -> None:
    with pytest.raises(Misconfigured, match="base_url"):
        base_address(bad)

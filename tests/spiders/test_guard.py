"""Which addresses are connected to, however a host is written."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.guard import Guard, HostsFileError, allows, read_hosts, why_private
from spiders.outcome import FetchError, Outcome

PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
    *("240.0.0.1", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1:7f00:0:100:808:808",
        "2002:7f00:1::",
        "::127.0.0.1",
        "2001:db8::1",
    ),
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_off_the_public_internet_are_refused(address: str) -> None:
    assert why_private(ip_address(address)) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_taken(address: str) -> None:
    assert why_private(ip_address(address)) is None


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_is_judged_alike_in_all_its_forms(address: IPv4Address) -> None:
    forms = [0xFFFF << 32, 0x64FF9B << 96]
    for form in forms:
        assert (why_private(IPv6Address(form | int(address))) is None) == (why_private(address) is None)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"),
        *("http://0/", "http://[::1]/", "http://[::ffff:7f00:1]/", "http://localhost/", "http://LOCALHOST./"),
    ],
)
def test_every_spelling_of_loopback_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(Guard().addresses(url, ()))
    assert caught.value.outcome is Outcome.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    ("host", "advised"),
    [
        *(("127.0.0.1", True), ("10.0.0.1", True), ("[fd00::1]", True)),
        *(("169.254.169.254", False), ("[fe80::1]", False), ("[::ffff:169.254.169.254]", False)),
        *(("168.63.129.16", False), ("100.100.100.200", False), ("[fd00:ec2::254]", False)),
    ],
)
def test_listing_a_host_is_advised_only_where_no_cloud_hands_out_credentials(
    host: str, advised: bool
) -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(Guard().addresses(f"http://{host}/", ()))
    assert ("allow_private_hosts" in caught.value.detail) == advised


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "http://", "http://a:99999/", "http://a:0/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(Guard().addresses(url, ()))
    assert caught.value.outcome is Outcome.BAD_URL


def test_a_name_with_a_public_and_a_private_address_gives_only_the_public_one() -> None:
    mixed = {"mixed.example": (ip_address("10.0.0.1"), ip_address("93.184.216.34"))}
    _, _, found = asyncio.run(Guard(mixed).addresses("http://mixed.example/", ()))
    assert found == (ip_address("93.184.216.34"),)


def test_a_seed_allows_a_host_by_name_with_or_without_port() -> None:
    assert allows(("127.0.0.1:8877",), "127.0.0.1", 8877)
    assert not allows(("127.0.0.1:8877",), "127.0.0.1", 8878)
    assert allows(("Intranet.Example",), "intranet.example", 80)
    assert allows(("[::1]:8877",), "::1", 8877)
    assert not allows(("127.0.0.1",), "localhost", 80)


def test_a_name_is_not_allowed_because_its_address_is() -> None:
    rebound = {"evil.example": (ip_address("127.0.0.1"),)}
    with pytest.raises(FetchError):
        asyncio.run(Guard(rebound).addresses("http://evil.example:8877/", ("127.0.0.1:8877",)))


def test_a_bad_hosts_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 a.example B.Example # both\n\nnonsense c.example\n")
    with pytest.raises(HostsFileError, match=r"line 3: 'nonsense'"):
        read_hosts(path)
    path.write_text("127.0.0.1 a.example B.Example # both\n::1 a.example\n")
    assert read_hosts(path) == {
        "a.example": (ip_address("127.0.0.1"), ip_address("::1")),
        "b.example": (ip_address("127.0.0.1"),),
    }
    with pytest.raises(HostsFileError, match="cannot be read"):
        read_hosts(tmp_path / "none")

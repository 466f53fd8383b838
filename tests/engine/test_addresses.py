"""Addresses: read in one way only, and refused wherever they lead inside."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.addresses import (
    Address,
    AddressRefused,
    AddressUnknown,
    Reach,
    Resolve,
    check_address,
    look_up,
    parse,
    reach,
)

PUBLIC = "93.184.215.14"


def names(**hosts: str | Sequence[str]) -> Resolve:
    """Return a name server that knows these hosts; dots are written as _."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        known = hosts.get(host.replace(".", "_"))
        if known is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known.split() if isinstance(known, str) else known

    return resolve


async def refusal(url: str, *, allow_private: bool = False, resolve: Resolve = names()) -> str:  # noqa: B008 - a name server that knows nobody
    with pytest.raises(AddressRefused) as caught:
        await check_address(url, allow_private=allow_private, resolve=resolve)
    return str(caught.value)


# -- how they are read


@pytest.mark.parametrize(
    ("url", "shown", "origin"),
    [
        ("https://models.example.com/v1", "https://models.example.com/v1", "https://models.example.com"),
        ("HTTPS://Models.Example.COM./v1/", "https://models.example.com/v1", "https://models.example.com"),
        ("https://models.example.com:443", "https://models.example.com", "https://models.example.com"),
        ("https://models.example.com:8443/a/b", "https://models.example.com:8443/a/b", "https://models.example.com:8443"),
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("https://[2001:DB8:0::1]:444/v1", "https://[2001:db8::1]:444/v1", "https://[2001:db8::1]:444"),
        ("https://my_host/v1", "https://my_host/v1", "https://my_host"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
        ("https://gateway.example/v1/acc-1/gw@2/compat", "https://gateway.example/v1/acc-1/gw@2/compat", "https://gateway.example"),
    ],
)  # fmt: skip
def test_an_address_has_one_form(url: str, shown: str, origin: str) -> None:
    assert str(parse(url)) == shown
    assert parse(url).origin == origin
    assert parse(str(parse(url))) == parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "https://", "https:///v1", "https:models.example", "models.example.com", "//models.example.com",
        "ftp://models.example.com", "file:///etc/passwd", "gopher://127.0.0.1", "javascript://x",
        " https://models.example.com", "https://models.example.com ", "https://models.exa\nmple.com", "https://models.example.com\t",
        "https://models.example.com\\@127.0.0.1", "https://models.example.com/v1?key=1", "https://models.example.com/#a",
        "https://münchen.example", "https://127。0。0。1", "https://①②⑦.0.0.1", "https://%31%32%37.0.0.1",
        "https://[::1]x", "https://[::1].example.com", "https://[::1%eth0]", "https://[::1", "https://::1", "https://[127.0.0.1]",
        "https://models.example.com:0", "https://models.example.com:65536", "https://models.example.com:x", "https://models.example.com:",
        "https://a..b", "https://.b", "https://-a.example", "https://a-.example", f"https://{'a' * 64}.example", "https://..",
        f"https://{'a.' * 130}example",
    ],
)  # fmt: skip
def test_what_clients_could_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        parse(url)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "127.0.0.01", "1.2.3.4.5",
     "256.0.0.1", "example.1", "0x", "example.0x10", "127.0.0.1.."],
)  # fmt: skip
def test_an_ipv4_address_is_four_decimal_numbers(host: str) -> None:
    with pytest.raises(AddressRefused):
        parse(f"https://{host}/v1")


def test_a_password_in_the_address_is_not_repeated() -> None:
    for url in (
        "https://me:hunter2@models.example.com",
        "https://hunter2@127.0.0.1",
        "https://a:b@hunter2@c",
    ):
        with pytest.raises(AddressRefused, match="Leave the user name and password out") as caught:
            parse(url)
        assert "hunter2" not in str(caught.value)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for url in (text, f"https://{text}"):
        try:
            assert isinstance(parse(url), Address)
        except AddressRefused as error:
            assert str(error)  # noqa: PT017 - either outcome is right, nothing else is


# -- where they lead


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:4860:4860::8888", "2a00:1450::1"]
)
def test_public(address: str) -> None:
    assert reach(address) is Reach.PUBLIC


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1",
     "::1", "fc00::1", "fd12:3456::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2a00:1450::5efe:10.0.0.1"],
)  # fmt: skip
def test_inside(address: str) -> None:
    assert reach(address) is Reach.INSIDE


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255", "240.0.0.1", "224.0.0.1", "192.0.0.192", "192.0.2.1",
     "198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16", "100.100.100.200", "::", "fe80::1", "fe80::1%eth0", "ff02::1",
     "fd00:ec2::254", "fd20:ce::254", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:5db8:d70e::1", "::127.0.0.1", "100::1",
     "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2a00:1450::200:5efe:169.254.169.254", "3fff::1", "5f00::1"],
)  # fmt: skip
def test_nowhere(address: str) -> None:
    assert reach(address) is Reach.NOWHERE


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_clothes_leads_where_it_led(address: IPv4Address) -> None:
    plain = reach(str(address))
    for prefix in ("::ffff:", "64:ff9b::"):
        assert reach(f"{prefix}{address}") is plain
    assert reach(f"2a00:1450::5efe:{address}") is plain


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        assert mapped is not None or reach(str(address)) is not Reach.PUBLIC


# -- what is admitted


async def test_every_address_of_a_host_counts() -> None:
    hosts = names(
        good_example=f"{PUBLIC} {PUBLIC} 2a00:1450::1",
        mixed_example=f"{PUBLIC} 10.0.0.1",
        evil_example="169.254.169.254",
    )
    assert await check_address("https://good.example/v1", resolve=hosts) == (PUBLIC, "2a00:1450::1")
    assert await check_address(f"https://{PUBLIC}/v1", resolve=hosts) == (PUBLIC,)
    assert "UPDRAFT_ALLOW_PRIVATE_URLS" in await refusal("https://mixed.example", resolve=hosts)
    assert "UPDRAFT_ALLOW_PRIVATE_URLS" in await refusal("https://[::ffff:127.0.0.1]")
    assert "no server's" in await refusal("https://evil.example", resolve=hosts)
    assert "no server's" in await refusal("https://evil.example", resolve=hosts, allow_private=True)


async def test_without_tls_only_inside_and_only_where_allowed() -> None:
    hosts = names(ollama="172.18.0.2", good_example=PUBLIC, mixed_example=f"10.0.0.1 {PUBLIC}")
    for url in ("http://ollama:11434", "http://127.0.0.1:11434", "https://ollama"):
        assert await check_address(url, allow_private=True, resolve=hosts)
    assert "UPDRAFT_ALLOW_PRIVATE_URLS" in await refusal("http://ollama:11434", resolve=hosts)
    assert "https://" in await refusal("http://good.example", resolve=hosts)
    assert "must start with https://" in await refusal(
        "http://good.example", allow_private=True, resolve=hosts
    )
    assert "must start with https://" in await refusal(
        "http://mixed.example", allow_private=True, resolve=hosts
    )


async def test_a_name_that_points_elsewhere_later_is_found_when_looked_up_again() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    async def rebinding(_: str, __: int) -> Sequence[str]:
        return next(answers)

    await check_address("https://rebind.example", resolve=rebinding)
    assert "inside this network" in await refusal("https://rebind.example", resolve=rebinding)


async def test_a_host_that_cannot_be_found_may_be_found_later() -> None:
    async def empty(_: str, __: int) -> Sequence[str]:
        return []

    async def hangs(_: str, __: int) -> Sequence[str]:
        raise TimeoutError

    for resolve in (names(), empty, hangs):
        with pytest.raises(AddressUnknown, match=r"The host nobody\.example") as caught:
            await check_address("https://nobody.example", resolve=resolve)
        assert not caught.value.permanent


async def test_the_machines_own_names_are_looked_up() -> None:
    assert {reach(one) for one in await look_up("localhost", 80)} == {Reach.INSIDE}
    assert "inside this network" in await refusal("https://localhost", resolve=look_up)

"""Addresses that a workspace may have us connect to: read strictly, looked up, and refused where they lead inside.

A base URL is a request that our machine makes for somebody else (https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
Every address of the host is judged, an IPv4 address inside an IPv6 one too. Whoever connects later looks up again with
:func:`check_address`, for a name may point elsewhere by then.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from engine.errors import InvalidInput

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to the addresses it has; raises OSError."""
LOOK_UP = 5.0
"""Seconds that a look-up may take."""
ALLOW = "UPDRAFT_ALLOW_PRIVATE_URLS"

_URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[a-z0-9_.-]+))(?::(?P<port>\d{1,5}))?(?P<path>(?:/[\w.~!$&'()*+,;=:@%-]*)*)",
    re.IGNORECASE | re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""A last label like this makes a host an IPv4 address to some clients (https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
_PORTS = {"http": 80, "https": 443}

_INSIDE = tuple(
    ip_network(one)
    for one in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),  # private
        *("127.0.0.0/8", "::1/128"),  # loopback
        *(
            "100.64.0.0/10",
            "198.18.0.0/15",
        ),  # shared, benchmarks: private nets behind carriers and VPNs use them
    )
)
_NOWHERE = tuple(
    ip_network(one)
    # https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
    for one in (
        *("0.0.0.0/8", "169.254.0.0/16"),  # this network, link-local
        *("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16"),  # protocols, relays, tunnels
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),  # examples
        *("224.0.0.0/4", "240.0.0.0/4"),  # multicast, reserved
    )
)
_METADATA = frozenset(
    ip_address(one)
    # Where clouds hand out credentials, beside 169.254.0.0/16: Azure, Alibaba; AWS, Google, Scaleway.
    for one in (
        *("168.63.129.16", "100.100.100.200"),
        *("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42"),
    )
)
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


class AddressRefused(InvalidInput):
    """The address is malformed, or leads where it must not; ``str(error)`` says what to do."""


class AddressUnknown(AddressRefused):
    """The host's name cannot be looked up now."""

    permanent = False


class Reach(IntEnum):
    """Where an address leads; the worst one of a host counts."""

    PUBLIC = 0
    INSIDE = 1
    NOWHERE = 2


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in its parts; ``host`` is lower case and without brackets, ``path`` without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: whom a key is sent to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.path


def parse(url: str) -> Address:
    """Read a base URL, in the one way that every client reads it; raises AddressRefused."""
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise AddressRefused("Leave the user name and password out of the address; give a token as a header.")
    found = _URL.fullmatch(url)
    if found is None:
        raise AddressRefused(
            "The address must look like https://models.example.com/v1: plain ASCII, without blanks, ? and #."
        )
    scheme, port = found["scheme"].lower(), int(found["port"] or 0)
    if found["port"] is not None and not 0 < port < 65536:
        raise AddressRefused("The port of the address must be from 1 to 65535.")
    host = _six(found["six"]) if found["six"] else _host(found["host"].lower().removesuffix("."))
    return Address(scheme, host, port or _PORTS[scheme], found["path"].rstrip("/"))


def _six(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise AddressRefused(f"[{text}] is no IPv6 address.") from None


def _host(host: str) -> str:
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise AddressRefused(
                f"{host} is no IPv4 address; write one as four decimal numbers, such as 192.0.2.1."
            ) from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise AddressRefused(f"{host[:80]} is no name of a host.")
    return host


def reach(address: str) -> Reach:
    """Tell where an IP address leads."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip in _NAT64):
        # Networks without IPv4 know every IPv4 host by such an address (RFC 6052).
        ip = IPv4Address(ip.packed[12:])
    if ip in _METADATA or any(ip in network for network in _NOWHERE):
        return Reach.NOWHERE
    if any(ip in network for network in _INSIDE):
        return Reach.INSIDE
    if isinstance(ip, IPv4Address):
        return Reach.PUBLIC
    if ip not in _UNICAST:
        return Reach.NOWHERE
    return reach(str(IPv4Address(ip.packed[12:]))) if ip.packed[8:12] in _ISATAP else Reach.PUBLIC


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


async def check_address(
    url: str, *, allow_private: bool = False, resolve: Resolve = look_up
) -> tuple[str, ...]:
    """Return the IP addresses of a base URL that may be connected to, each of them.

    Raises AddressRefused, and AddressUnknown when the name cannot be looked up. ``allow_private`` admits private and loopback
    addresses, also without TLS; link-local, metadata and reserved ones are never admitted.
    """
    address = parse(url)
    found = await _addresses(address, resolve)
    worst, best = max(map(reach, found)), min(map(reach, found))
    if worst is Reach.NOWHERE:
        raise AddressRefused(f"{address.host} leads to an address that is no server's of models.")
    if worst is Reach.INSIDE and not allow_private:
        raise AddressRefused(
            f"{address.host} is an address inside this network. Whoever runs Updraft can allow such addresses with {ALLOW}=true."
        )
    if address.scheme == "http" and best is not Reach.INSIDE:
        raise AddressRefused("The address must start with https://, or the key could be read on its way.")
    return found


async def _addresses(address: Address, resolve: Resolve) -> tuple[str, ...]:
    try:
        return (str(ip_address(address.host)),)
    except ValueError:
        pass
    try:
        async with asyncio.timeout(LOOK_UP):
            found = await resolve(address.host, address.port)
    except (OSError, UnicodeError) as error:  # a timeout is an OSError
        raise AddressUnknown(f"The host {address.host} cannot be found; check its name.") from error
    if not found:
        raise AddressUnknown(f"The host {address.host} has no address; check its name.")
    return tuple(dict.fromkeys(one.partition("%")[0] for one in found))

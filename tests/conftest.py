"""What every test shares: a closed network. Whoever needs a service starts a stand-in on this machine."""

import ipaddress
import socket
import sys
from typing import Any


def _local(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections and look-ups that would leave this machine.

    An audit hook sees every way out of Python, also those of C extensions that use the socket module. An AssertionError is raised
    because clients would take an OSError for an unreachable service and carry on.
    """
    if event == "socket.connect":
        made, address = arguments
        if made.family in (socket.AF_INET, socket.AF_INET6) and not _local(address[0]):
            raise AssertionError(f"closed network: a test tried to connect to {address[0]}")
    elif event == "socket.getaddrinfo" and not _local(arguments[0]):
        raise AssertionError(f"closed network: a test tried to look up {arguments[0]}")


sys.addaudithook(_guard)

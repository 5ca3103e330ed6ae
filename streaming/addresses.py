"""Which IPv4 addresses this machine has, and which of them browsers are told."""

import fcntl
import ipaddress
import socket
import struct

_SIOCGIFADDR = 0x8915
LOOPBACK = "127.0.0.1"


def host_addresses() -> list[str]:
    """The first address of every interface that has one, loopback last."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
            except OSError:
                continue  # an interface without an IPv4 address
            found.append(socket.inet_ntoa(answer[20:24]))
    return sorted(set(found) | {LOOPBACK}, key=lambda address: (address == LOOPBACK, address))


def bind_addresses(host: str) -> list[str]:
    """What to bind for the configured host: the wildcard becomes every address of the machine.

    One socket per address, because the answer to a check must leave from the address it came to, and a
    socket bound to the wildcard lets the kernel choose.
    """
    return host_addresses() if host in ("", "0.0.0.0") else [host]  # noqa: S104


def candidate_addresses(public_host: str, bound: list[str]) -> list[str]:
    """What goes into the candidates: the configured public address, else our own; loopback only if alone.

    Raises OSError when a configured name cannot be resolved.
    """
    if public_host:
        try:
            return [str(ipaddress.ip_address(public_host))]
        except ValueError:
            return [socket.gethostbyname(public_host)]
    return [address for address in bound if address != LOOPBACK] or [LOOPBACK]

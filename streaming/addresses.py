"""Which addresses this machine has, and which of them browsers are told."""

import fcntl
import ipaddress
import socket
import struct
from pathlib import Path

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


def reached_as(host: str, bound: str) -> list[str]:
    """The names by which browsers reach a server that was told to listen on `host` and got the address `bound`.

    As they stand in an address (IPv6 in brackets), the best first. The wildcard is no name: it becomes every
    address of the machine and its own name.
    """
    if not ipaddress.ip_address(bound).is_unspecified:
        return [f"[{host}]" if ":" in host else host]
    six = [f"[{address}]" for address in _six_addresses()] if ":" in bound else []
    first = _towards_others()
    four = sorted(host_addresses(), key=lambda address: (address != first, address == LOOPBACK))
    return [*four, *six, socket.gethostname()]


def _towards_others() -> str:
    """Our address on the way to other machines (nothing is sent); loopback when there is no way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # set apart for documents; nobody has it
        except OSError:
            return LOOPBACK
        address: str = probe.getsockname()[0]
        return address


def _six_addresses() -> list[str]:
    listed = Path("/proc/net/if_inet6")
    if not listed.exists():
        return []
    found = [ipaddress.IPv6Address(int(line.split()[0], 16)) for line in listed.read_text().splitlines()]
    # An address that holds on one cable only cannot stand in a browser's address.
    return [str(address) for address in found if not address.is_link_local]

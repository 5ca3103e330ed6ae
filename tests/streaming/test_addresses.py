"""By which names a server is reached: never by the wildcard it listens on."""

import ipaddress
import socket

from streaming.addresses import LOOPBACK, host_addresses, reached_as


def test_one_address_or_name_is_reached_as_itself() -> None:
    assert reached_as("127.0.0.1", "127.0.0.1") == ["127.0.0.1"]
    assert reached_as("localhost", "127.0.0.1") == ["localhost"]
    assert reached_as("::1", "::1") == ["[::1]"]


def test_the_wildcard_becomes_the_machines_addresses_and_its_name() -> None:
    for host, bound in (("0.0.0.0", "0.0.0.0"), ("0", "0.0.0.0"), ("::", "::")):
        names = reached_as(host, bound)
        assert set(host_addresses()) <= set(names) and names[-1] == socket.gethostname()
        assert names[0] != LOOPBACK or host_addresses() == [LOOPBACK]
        addresses = [ipaddress.ip_address(name.strip("[]")) for name in names[:-1]]
        assert not any(address.is_unspecified or address.is_link_local for address in addresses)

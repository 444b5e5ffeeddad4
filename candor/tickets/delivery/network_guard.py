"""Which network addresses are called on behalf of somebody who typed a name: public ones, and those that the settings allow.

Without it, whoever may type an address could have Candor call services that only this machine or its network reaches (CWE-918).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from candor.errors import InvalidInputError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address stands in its last 32 bits
# Nobody's on the internet either, though Python's list calls them global: site-local IPv6 of old, documentation, and IPv4 that
# protocols use among themselves (RFC 3879, 9637, 6890, 7526).
NOBODYS = tuple(map(ip_network, ("fec0::/10", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))
LONGEST_URL = 2000  # characters


class BadReceiverError(InvalidInputError):
    """An address that is not called; `public` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.public = f"{message[:1].upper()}{message[1:]}."


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks with commas between them: 127.0.0.0/8, 10.0.0.0/8. Raises: ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def check_url(url: str, networks: Sequence[Network]) -> SplitResult:
    """An address as it may be kept. Raises: BadReceiverError."""
    if len(url) > LONGEST_URL or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise BadReceiverError("an address is at most 2000 characters long and holds no blank")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadReceiverError("this is no address of the web") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise BadReceiverError("an address begins with https:// and names a host")
    if parts.username or parts.password:
        raise BadReceiverError("an address holds no user and no password: deliveries are signed instead")
    if parts.scheme == "http" and not networks:
        raise BadReceiverError("an address begins with https://, because what is sent is not encrypted otherwise")
    try:
        literal = ip_address(host)
    except ValueError:
        return parts
    _check_address(literal, parts, networks)
    return parts


async def address_to_call(url: str, networks: Sequence[Network]) -> str:
    """The network address that the name stands for now, once it is sure that it may be called. Raises: BadReceiverError."""
    parts = check_url(url, networks)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadReceiverError("the receiver's name is not known") from None
    addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not addresses:
        raise BadReceiverError("the receiver's name is not known")
    for address in addresses:  # all of them: else it would depend on chance which one is called
        _check_address(address, parts, networks)
    return str(addresses[0])


def _check_address(address: Address, parts: SplitResult, networks: Sequence[Network]) -> None:
    real = _embedded(address)
    if any(real.version == network.version and real in network for network in networks):
        return
    if not is_public(real):
        raise BadReceiverError("the receiver is in a private network that CANDOR_WEBHOOK_NETWORKS does not name")
    if parts.scheme != "https":
        raise BadReceiverError("an address outside the networks of CANDOR_WEBHOOK_NETWORKS begins with https://")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could call it too."""
    nobodys = any(address.version == network.version and address in network for network in NOBODYS)
    return address.is_global and not (nobodys or address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps; else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address

"""Where the crawler may connect to: judged on the address that is then used, for every single connection.

A URL from the web can lead anywhere: by a name that resolves to a private address (today, or only the second
time it is asked), by an address in decimal, octal or mapped form, by a redirect. So nothing is decided on the
text of a URL. `Guard.addresses` resolves the host, throws out every address that is not on the public
internet, and the connection is then made to the very addresses it returned.

A site's seed may list `host` or `host:port` in `allow_private_hosts`; the name must be the one in the URL.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from spiders.outcome import FetchError, Outcome

Address = IPv4Address | IPv6Address

MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
DNS_SECONDS = 15.0
DNS_KEPT_SECONDS = 120.0
DNS_KEPT_HOSTS = 10_000
MAX_URL_CHARS = 8_000
"""Of an address that a redirect leads to."""

_METADATA: frozenset[Address] = frozenset(
    map(ip_address, ("168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254"))
)
"""Services that tell a cloud's machines their credentials (Azure, Oracle, Alibaba, AWS); the others are link-local."""
MAY_BE_LISTED = "; a seed may list it in fetch.allow_private_hosts"
_TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is reached."""
_TRANSLATED_LOCALLY = ip_network("64:ff9b:1::/48")
"""NAT64 (RFC 8215): where the IPv4 address stands is the local network's own affair."""


class HostsFileError(Exception):
    """A hosts file cannot be read; the message names file, line and remedy."""


def why_private(address: Address) -> str | None:
    """Why an address is not to be connected to, or None for one on the public internet."""
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            reason = why_private(inner)
            return f"{reason} (inside {address})" if reason else None
        if address in _TRANSLATED_LOCALLY:
            return f"{address} is translated by the local network"
    if address in _METADATA:
        return f"{address} is a metadata service"
    for kind in ("unspecified", "loopback", "link_local", "multicast", "private", "reserved"):
        if getattr(address, f"is_{kind}"):
            return f"{address} is {kind.replace('_', '-')}"
    if isinstance(address, IPv6Address) and address.is_site_local:
        return f"{address} is site-local"
    return None if address.is_global else f"{address} is not on the public internet"


def _is_perilous(address: Address) -> bool:
    """Whether a cloud's machines may get credentials there."""
    inner = _embedded(address) if isinstance(address, IPv6Address) else None
    return (inner or address) in _METADATA or (inner or address).is_link_local


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:  # ::a.b.c.d, long deprecated
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def read_hosts(path: Path) -> dict[str, tuple[Address, ...]]:
    """Names and addresses of a file in the form of /etc/hosts. Raises HostsFileError."""
    found: dict[str, list[Address]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HostsFileError(
            f"hosts file {path} cannot be read: {plainly(error)}; check PRESSRUN_HOSTS"
        ) from error
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            address = ip_address(words[0])
        except ValueError as error:
            raise HostsFileError(
                f"hosts file {path}, line {number}: {words[0]!r} is no IP address; "
                "a line is `address name [name ...]`"
            ) from error
        for name in words[1:]:
            found.setdefault(name.lower().rstrip("."), []).append(address)
    return {name: tuple(addresses) for name, addresses in found.items()}


class Guard:
    """Resolves and judges. One for a process; it remembers names for two minutes, as a resolver may."""

    def __init__(self, hosts: Mapping[str, tuple[Address, ...]] | None = None) -> None:
        self._hosts = dict(hosts or {})
        self._known: OrderedDict[tuple[str, int], tuple[float, tuple[Address, ...]]] = OrderedDict()
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="dns")

    async def addresses(self, url: str, allowed: tuple[str, ...]) -> tuple[str, int, tuple[Address, ...]]:
        """Host, port and the addresses that may be connected to for a URL, in the resolver's order.

        `allowed` is the site's `allow_private_hosts`. Raises FetchError: BAD_URL, DNS or PRIVATE_ADDRESS.
        """
        host, port = host_and_port(url)
        found = self._hosts.get(host) or await self._resolve(host, port)
        return host, port, judged(host, port, found, allowed)

    async def _resolve(self, host: str, port: int) -> tuple[Address, ...]:
        try:
            return (ip_address(host),)
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        kept = self._known.get((host, port))
        if kept is not None and kept[0] > loop.time():
            return kept[1]
        try:
            answers = await asyncio.wait_for(
                loop.run_in_executor(self._threads, lookup, host, port), DNS_SECONDS
            )
        except TimeoutError as error:
            raise FetchError(Outcome.DNS, f"{host}: no answer from DNS in {DNS_SECONDS:g} s") from error
        except (OSError, UnicodeError) as error:
            raise FetchError(Outcome.DNS, f"{host}: {plainly(error)}") from error
        if not answers:
            raise FetchError(Outcome.DNS, f"{host} has no address")
        self._known[(host, port)] = (loop.time() + DNS_KEPT_SECONDS, answers)
        while len(self._known) > DNS_KEPT_HOSTS:
            self._known.popitem(last=False)
        return answers

    def close(self) -> None:
        """Wait for no look-up that is still under way."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def plainly(error: OSError | UnicodeError) -> str:
    """What the system says is wrong, without its number: `Name or service not known`."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def judged(host: str, port: int, found: Sequence[Address], allowed: Sequence[str]) -> tuple[Address, ...]:
    """Those of a host's addresses, one at least, that may be connected to. Raises FetchError PRIVATE_ADDRESS."""
    if allows(allowed, host, port):
        return tuple(found[:MAX_ADDRESSES])
    public = tuple(address for address in found if why_private(address) is None)
    if not public:
        reason = why_private(found[0])
        # listing works for every address, and is no advice where credentials are handed out
        advice = "" if any(map(_is_perilous, found)) else MAY_BE_LISTED
        raise FetchError(Outcome.PRIVATE_ADDRESS, f"{host} is not connected to: {reason}{advice}")
    return public[:MAX_ADDRESSES]


def lookup(host: str, port: int) -> tuple[Address, ...]:
    """A host's addresses, in the resolver's order. Raises OSError, UnicodeError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    # a scope (`fe80::1%eth0`) is dropped: such an address is refused anyway
    return tuple(dict.fromkeys(ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers))


def host_and_port(url: str) -> tuple[str, int]:
    """Host in lower case without brackets, and port. Raises FetchError BAD_URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError(Outcome.BAD_URL, f"{url[:200]!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(Outcome.BAD_URL, f"{url[:200]!r} is neither http nor https")
    if port == 0:
        raise FetchError(Outcome.BAD_URL, f"{url[:200]!r} names port 0")
    return parts.hostname.rstrip("."), port or (443 if parts.scheme == "https" else 80)


def redirect_target(url: str, location: str) -> str:
    """Where a redirect of `url` leads, without fragment, user name and password. Raises FetchError BAD_REDIRECT."""
    shown = f"to {location[:200]!r}"
    try:
        target = urljoin(url, location.strip()).partition("#")[0]
        parts = urlsplit(target)
        port = parts.port
    except ValueError as error:
        raise FetchError(Outcome.BAD_REDIRECT, f"{shown}: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise FetchError(Outcome.BAD_REDIRECT, f"{shown}, which is no web address")
    if len(target) > MAX_URL_CHARS:
        raise FetchError(Outcome.BAD_REDIRECT, f"{shown}..., {len(target)} characters long")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else target


def allows(allowed: Sequence[str], host: str, port: int) -> bool:
    """Whether a seed's `allow_private_hosts` names this host, with this port or with none."""
    shown = f"[{host}]" if ":" in host else host
    names = {entry.lower() for entry in allowed}
    return shown in names or host in names or f"{shown}:{port}" in names

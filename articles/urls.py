"""One spelling for each article URL, and the ids made from it.

`canonical_url` gives an address that still fetches the same page; `url_key` folds further, into a string that
only tells articles apart: no scheme, no `www.`, no mobile or AMP host, parameters sorted.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

MAX_URL_CHARS = 4_096
"""Longer addresses are data, traps or accidents."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING = _words(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik
    fb_action_ids fb_action_types fb_source fb_ref action_object_map action_type_map action_ref_map
    mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id ml_subscriber ml_subscriber_hash
    __twitter_impression _ga _gl _ke __s __hstc __hssc __hsfp _hsenc _hsmi hsctatracking s_kwcid
    ref_src ref_url cmpid cmp_id ncid icid s_cid sc_cid smid smtyp ito xtor wt_mc wt.mc_id wt_zmc wtrid
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee spm srsltid tblci dicbo soc_src soc_trk sr_share
    guccounter guce_referrer guce_referrer_sig traffic_source newsletter_id replytocom phpsessid jsessionid
    __cf_chl_tk __cf_chl_rt_tk __cf_chl_f_tk sfmc_id sfmc_sub cx_testid ocid fromsource sharetype nocache
    """
)
_TRACKING_PREFIXES = ("utm_", "pk_", "piwik_", "mtm_", "hsa_", "at_custom", "at_medium", "at_campaign")

_REFERRERS = frozenset(
    ["ref", "source", "src", "from", "partner", "via", "origin", "share", "feature", "medium"]
)
"""Parameters that may choose content, and track only where they name a channel."""
_CHANNELS = _words(
    """
    rss rssfeed feed feeds atom twitter facebook fb tw x linkedin whatsapp telegram reddit pinterest email
    mail newsletter nl push pushnotification share social home homepage frontpage hp google googlenews
    flipboard applenews msn yahoo web app copy copylink btn
    """
)
_SESSIONS = _words(
    """
    sid sess session sessionid session_id sessid session-id oscsid zenid cfid cftoken asp.net_sessionid
    aspsessionid jsession s_id
    """
)
"""Parameters that name a visitor's session where their value looks like an id."""
_SESSION_VALUE = re.compile(r"(?=.*\d)[0-9a-z_-]{12,}")
_VARIANTS = {
    "amp": frozenset(["", "1", "true", "yes"]),
    "outputtype": frozenset(["amp", "valid_amp", "amp-type"]),
    "output": frozenset(["amp", "print"]),
    "view": frozenset(["print", "amp"]),
    "print": frozenset(["", "1", "true", "yes", "y", "print"]),
    "printable": frozenset(["", "1", "true", "yes"]),
    "mobile": frozenset(["", "1", "true"]),
}
"""Parameters that ask for the same article in another dress, with the values that do."""

_UNWANTED = re.compile(r"[\t\r\n\x00]")
_EDGES = "".join(map(chr, range(0x21))) + "\ufeff"
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?:(?<=[^/])/amp/?|\.amp|(?<=\.html)/amp|\.amp(?=\.html?$))$")
_AMP_HTML = re.compile(r"\.amp(\.html?)$")
_PRINT_SUFFIX = re.compile(r"(?<=[^/])/print/?$")
_AMP_CACHE = re.compile(r"/(?:[civ]|ii|amp)/(s/)?([^/?]+\.[^/?]+(?:/.*)?)$")
_VARIANT_HOST = re.compile(r"(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.[^.])")


@lru_cache(maxsize=4096)  # the same few are asked for many times while a batch is committed
def canonical_url(url: str, base: str | None = None) -> str | None:
    """Fold the spellings of one page's address into one that can still be fetched.

    Scheme and host stay as they are (a site may answer on one of them only); default ports, fragments, user
    names, dot segments, session ids, tracking parameters and AMP and print forms of the same path go.
    `base` is the address of the page a relative URL stood on. None: not http or https, or hopeless.
    """
    parts = _split(url, base)
    if parts is None:
        return None
    host = _host(parts)
    if host is None:
        return None
    inner = _from_amp_cache(host, parts)
    if inner is not None:
        return canonical_url(inner)
    path = _path(parts.path)
    query = "&".join(_kept(parts.query))
    result = f"{parts.scheme}://{host}{path}"
    result = f"{result}?{query}" if query else result
    return result if len(result) <= MAX_URL_CHARS else None


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """Fold a URL into the string that tells its article from all others.

    Equal for http and https, with and without `www.`, `m.`, `mobile.` or `amp.`, with and without a closing
    slash, and for any order of parameters. A URL without canonical form is its own key.
    """
    canonical = canonical_url(url)
    if canonical is None:
        return url.strip()[:MAX_URL_CHARS]
    rest = canonical.partition("://")[2]
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    variant = _VARIANT_HOST.match(host)
    key = f"{host[variant.end() :] if variant else host}/{path}".rstrip("/")
    return f"{key}?{'&'.join(sorted(query.split('&')))}" if query else key


def article_id(canonical: str) -> str:
    """Name an article by its address: 20 hex digits of the SHA-256 of `url_key(canonical)`."""
    return sha256(url_key(canonical).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _split(url: str, base: str | None) -> SplitResult | None:
    """Join, repair as browsers do, and take apart; None where no http address comes of it."""
    if len(url) > 2 * MAX_URL_CHARS:
        return None
    text = _UNWANTED.sub("", url.strip(_EDGES)).replace("&amp;", "&").replace("\\", "/")
    scheme = _SCHEME.match(text)
    if scheme and scheme.group().lower() not in ("http:", "https:"):
        return None
    try:
        if not scheme:
            if not base:
                return None
            text = urljoin(base, text)
        parts = urlsplit(text)
        _ = parts.port  # raises on nonsense
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _host(parts: SplitResult) -> str | None:
    """Host in lower case, international names in ASCII, with the port where it is not the default one."""
    name = unquote(parts.hostname or "").strip().rstrip(".").lower()
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    if not _HOST.fullmatch(name) or ".." in name:
        return None
    port = parts.port
    return name if port in (None, 80 if parts.scheme == "http" else 443) else f"{name}:{port}"


def _from_amp_cache(host: str, parts: SplitResult) -> str | None:
    """The publisher's address inside one of an AMP cache."""
    if not (host.endswith(".cdn.ampproject.org") or host in ("www.google.com", "google.com")):
        return None
    match = _AMP_CACHE.match(_without_dots(_encoded(parts.path, "/:@!$&'()*+,;=")))
    if not match:
        return None
    scheme = "https" if match.group(1) else "http"
    return f"{scheme}://{match.group(2)}" + (f"?{parts.query}" if parts.query else "")


def _path(path: str) -> str:
    path = _encoded(path, "/:@!$&'()*+,;=")
    path = _SESSION.sub("", path)
    path = _without_dots(path)
    path = _AMP_HTML.sub(r"\1", path)
    while (shorter := _PRINT_SUFFIX.sub("/", _AMP_SUFFIX.sub("/", path))) != path:
        path = shorter
    return path or "/"


def _encoded(text: str, safe: str) -> str:
    """Percent-encode in one way only: capital digits, nothing encoded that need not be."""
    text = _BARE_PERCENT.sub("%25", text)
    text = _ESCAPE.sub(_unescaped, text)
    return text if text.isascii() and text.isalnum() else quote(text, safe=safe + "%~", errors="replace")


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match.group(1), 16))
    return character if character in _UNRESERVED else match.group().upper()


def _without_dots(path: str) -> str:
    """Apply `.` and `..` as RFC 3986, section 5.2.4, does."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    pieces = path.split("/")[1:]
    for piece in pieces:
        if piece == "..":
            if kept:
                kept.pop()
        elif piece != ".":
            kept.append(piece)
    if pieces[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _kept(query: str) -> list[str]:
    """The parameters that may choose content, in their order."""
    if not query:
        return []
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name, value = unquote(name).lower(), value.lower()
        if (
            not pair
            or name in _TRACKING
            or name.startswith(_TRACKING_PREFIXES)
            or (name in _REFERRERS and value in _CHANNELS)
            or (name in _SESSIONS and _SESSION_VALUE.fullmatch(value))
            or value in _VARIANTS.get(name, ())
        ):
            continue
        kept.append(_encoded(pair, "/:@!$'()*+,;=?[]"))
    return kept

"""News agencies: the names they are credited by, and the places of a text where a credit stands.

    BERLIN (dpa) -  ·  (ANSA) - ROMA, 12 MAG -  ·  Lisboa, 3 mai 2023 (Lusa) –  ·  AP —  ·  EFE.-      before the text
    (SID)  ·  dpa/afp  ·  ... said on Monday. (Reuters)  ·  © dpa-infocom, dpa:230203-99-1         behind it
    Mit Material von dpa  ·  Con información de EFE  ·  The Associated Press contributed to this report

Collected from the agencies' own style and from bylines of the open corpus; a paper's own correspondents are no agency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

AGENCIES: Final = {
    "ap": "AP", "associated press": "AP", "the associated press": "AP", "apnews": "AP", "ap news": "AP",
    "reuters": "Reuters", "thomson reuters": "Reuters", "afp": "AFP", "agence france-presse": "AFP",
    "agence france presse": "AFP", "dpa": "dpa", "deutsche presse-agentur": "dpa", "dpa-infocom": "dpa",
    "dpa-afx": "dpa-AFX", "apa": "APA", "austria presse agentur": "APA", "epd": "epd", "kna": "KNA",
    "sid": "SID", "efe": "EFE", "agencia efe": "EFE", "europa press": "Europa Press", "ansa": "ANSA",
    "agi": "AGI", "adnkronos": "Adnkronos", "lapresse": "LaPresse", "lusa": "Lusa", "agência lusa": "Lusa",
    "anp": "ANP", "belga": "Belga", "pap": "PAP", "polska agencja prasowa": "PAP", "ctk": "ČTK",
    "čtk": "ČTK", "tasr": "TASR", "mti": "MTI", "agerpres": "Agerpres", "tt": "TT", "ntb": "NTB",
    "ritzau": "Ritzau", "stt": "STT", "keystone-sda": "Keystone-SDA", "sda": "Keystone-SDA",
    "ats": "Keystone-ATS", "keystone-ats": "Keystone-ATS", "pa": "PA Media", "pa media": "PA Media",
    "press association": "PA Media", "upi": "UPI", "united press international": "UPI",
    "bloomberg": "Bloomberg", "bloomberg news": "Bloomberg", "the canadian press": "The Canadian Press",
    "canadian press": "The Canadian Press", "aap": "AAP", "australian associated press": "AAP",
    "pti": "PTI", "press trust of india": "PTI", "ani": "ANI", "ians": "IANS", "xinhua": "Xinhua",
    "新华社": "Xinhua", "新华网": "Xinhua", "kyodo": "Kyodo", "kyodo news": "Kyodo", "共同通信": "Kyodo",
    "jiji": "Jiji Press", "jiji press": "Jiji Press", "時事通信": "Jiji Press", "yonhap": "Yonhap",
    "연합뉴스": "Yonhap", "tass": "TASS", "тасс": "TASS", "interfax": "Interfax", "интерфакс": "Interfax",
    "ria novosti": "RIA Novosti", "риа новости": "RIA Novosti", "ukrinform": "Ukrinform",
    "anadolu": "Anadolu", "anadolu agency": "Anadolu", "aa": "Anadolu", "dha": "DHA", "iha": "İHA",
    "antara": "Antara", "bernama": "Bernama", "télam": "Télam", "telam": "Télam", "notimex": "Notimex",
    "agência brasil": "Agência Brasil", "getty images": "", "states newsroom": "States Newsroom",
    "rtr": "Reuters", "awp": "AWP", "dts": "dts", "kathpress": "Kathpress", "askanews": "askanews",
    "italpress": "Italpress", "radiocor": "Radiocor", "colpisa": "Colpisa", "servimedia": "Servimedia",
    "noticias argentinas": "Noticias Argentinas", "andina": "Andina", "prensa latina": "Prensa Latina",
    "estadão conteúdo": "Estadão Conteúdo", "agência estado": "Estadão Conteúdo", "folhapress": "Folhapress",
    "inter press service": "IPS", "bns": "BNS", "elta": "ELTA", "leta": "LETA", "hina": "HINA",
    "tanjug": "Tanjug", "srna": "SRNA", "fena": "FENA", "bta": "BTA", "sta": "STA", "ana-mpa": "AMNA",
    "αμπε": "AMNA", "απε-μπε": "AMNA", "vna": "VNA", "wam": "WAM", "qna": "QNA", "kuna": "KUNA", "spa": "SPA",
    "petra": "Petra", "mena": "MENA", "sana": "SANA", "irna": "IRNA", "isna": "ISNA", "wafa": "WAFA",
    "anka": "ANKA", "anadolu ajansı": "Anadolu", "nca newswire": "NCA NewsWire", "bang showbiz": "Bang Showbiz",
    "tribune news service": "Tribune News Service", "tns": "Tribune News Service",
    "cnn newswire": "CNN Newswire", "swns": "SWNS", "pa wire": "PA Media", "cp": "The Canadian Press",
    "la presse canadienne": "La Presse Canadienne", "中新社": "China News Service", "中央社": "CNA", "뉴시스": "Newsis",
    "뉴스1": "News1", "унн": "UNN", "укрінформ": "Ukrinform", "уніан": "UNIAN", "unian": "UNIAN",
    "ria": "RIA Novosti", "agencia efe, s.a.": "EFE", "agence belga": "Belga", "tt nyhetsbyrån": "TT",
    "agenția agerpres": "Agerpres",
}  # fmt: skip
"""Agencies by the ways they are credited, lower case; an empty name is credited for pictures only."""

_CAPITALS_ONLY: Final = frozenset(
    """ap apa pa tt aa sid ats ani agi pap sda stt mti cp sta spa petra mena sana anka fena hina tns ria isna andina bta
    wam""".split()  # noqa: SIM905
)
"""Agencies whose abbreviation is also someone's initials or a word: only in capitals."""
_GERMAN_SMALL: Final = frozenset(["ap", "apa", "sid", "sda", "ats"])
"""Of these, the ones that papers write small, as in `(apa/dpa)`."""

MAX_DATELINE_CHARS: Final = 100
MAX_CREDIT_CHARS: Final = 220
"""A longer line at the end is a paragraph: only what it ends with can be a credit."""

_ASIDE: Final = re.compile(
    r"^(?:[^().!?]{0,60}(?:\b\w{1,4}\.[^().!?]{0,20})?)?\((?P<names>[^()]{2,40})\)\s*(?:[-–—:.|_]|$|[A-ZÀ-Þ])"
)
_FIRST: Final = re.compile(r"^(?P<names>[^\W\d_][\w/ ]{1,29}?)(?:,\s[^.,]{2,30})?\s*(?:[-–—|:]|\.\s?[-–—])\s")
_ALONE: Final = re.compile(
    r"^[\s(\[©–—-]*(?P<said>(?:quelle|source|fonte|fuente|bron|källa|kilde|źródło|kaynak|источник|来源)\s?[:：]\s*)?"
    r"(?P<names>[^()\[\]:]{2,40}?)(?P<number>,\s*dpa:[\w-]+.*)?[\s)\].]*$",
    re.IGNORECASE,
)
_AT_END: Final = re.compile(r"\((?P<names>[^()]{2,40})\)\W*$")
_WITH: Final = re.compile(
    r"(?:mit\s+(?:material|informationen|agenturmaterial)\s+(?:von|der|des)|con\s+informaci[oó]n\s+de"
    r"|com\s+informações\s+d[aeo]|avec|with\s+(?:inputs?|files|reporting|information)\s+from"
    r"|(?:additional\s+)?reporting\s+(?:by|from)|met\s+informatie\s+van|material\s+from)"
    r"\s*:?\s+(?:the\s+)?(?P<names>[^.;]{2,60})"
    r"|^(?P<whole>[\w ]{2,40}?)\s+contributed\s+to\s+this\s+(?:report|story|article)"
    r"|\bthis\s+(?:report|story|article)\s+by\s+(?P<by>[\w ]{2,40}?)\s+was\s+first\s+published"
    r"|^\W*(?:copyright|©)\s+(?:\(c\)\s*)?\d{4}\s+(?P<owner>[\w ]{2,40}?)(?:\.|$)",
    re.IGNORECASE,
)
_OF_A_PICTURE: Final = re.compile(
    r"photo|foto|image|picture|bild|getty|imago|alliance|archiv|video|grafik|graphic|illustration",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"[^\W\d_]{1,6}|\d[\d. ]*")
_SIGNS: Final = (
    "material",
    "informa",
    "avec ",
    " from ",
    "reporting ",
    "contributed to this",
    "this ",
    "copyright",
    "©",
)
"""One of these stands in every line that `_WITH` finds."""
_APART: Final = re.compile(r"\s*[/,;+&|]\s*|\s+(?:und|and|y|et|e|og|och|en|i)\s+|(?<=[a-z])-(?=[A-Z])")


def agency_of(name: str, *, small: bool = False) -> str | None:
    """The agency that a name stands for; empty for one of pictures, None where it is none.

    Abbreviations that are words or initials too must stand in capitals; with `small`, some need not.
    """
    bare = name.strip(" .")
    key = " ".join(bare.lower().split())
    agency = AGENCIES.get(key)
    if agency is None or (
        key in _CAPITALS_ONLY and bare != bare.upper() and not (small and key in _GERMAN_SMALL)
    ):
        return None
    return agency


def agencies_in_text(paragraphs: Sequence[str], beside: Sequence[str] = ()) -> tuple[tuple[str, ...], str]:
    """The agencies credited in a dateline, a sign-off or a line of thanks, and the text that credits the first.

    `beside` are short texts that stand next to the body: a byline, a line of credits.
    """
    found: dict[str, None] = {}
    raw = ""
    for text, credited in _credits(paragraphs, beside):
        for agency in credited:
            raw = raw or text
            found[agency] = None
    return tuple(found), raw


def _credits(paragraphs: Sequence[str], beside: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for paragraph in paragraphs[:2]:
        start = paragraph[:MAX_DATELINE_CHARS]
        match = (_ASIDE.match(start) if "(" in start else None) or _FIRST.match(start)
        if match:
            yield match.group(), _known(match.group("names"))
    for text in paragraphs[-3:]:
        yield from _behind(text, alone=True)
    for text in beside:
        yield from _behind(text, alone=False)


def _behind(text: str, *, alone: bool) -> Iterator[tuple[str, list[str]]]:
    """Credits in one text; what stands alone in one beside the body, without brackets, may be a picture's."""
    size = len(text)
    if size <= 60:
        match = _ALONE.match(text)
        told = match is not None and (alone or match.group("said") or text[0] in "([")
        if (
            match
            and told
            and (known := _of_agencies(match.group("names")))
            and not _OF_A_PICTURE.search(text)
        ):
            yield text, known
            return
    if text.endswith((")", ").")):
        match = _AT_END.search(text, max(0, size - 60))
        if match and (known := _of_agencies(match.group("names"))):
            yield match.group(), known
    if size > MAX_CREDIT_CHARS:
        return
    lowered = text.lower()
    if any(sign in lowered for sign in _SIGNS):
        match = _WITH.search(text)
        if match and not _OF_A_PICTURE.search(text):
            yield text, _known(next(group for group in match.groups() if group))


def _of_agencies(names: str) -> list[str]:
    """The agencies of a list that holds nothing else but initials, `dpa/ata`, and dates."""
    parts = [part for part in _APART.split(names.strip()) if part]
    known = _known(names)
    if known and all(_INITIALS.fullmatch(part) or agency_of(part, small=True) is not None for part in parts):
        return known
    return known if known and agency_of(names, small=True) else []


def _known(names: str) -> list[str]:
    """The agencies in a list of names; an article before a name does not matter."""
    found = []
    for name in (names, *_APART.split(names)):
        bare = name.strip()
        agency = agency_of(bare, small=True) or agency_of(bare.removeprefix("the ").removeprefix("The "))
        if agency and agency not in found:
            found.append(agency)
    return found

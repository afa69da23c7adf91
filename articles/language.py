"""The language of an article: what the page declares, checked against its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

MAX_CHARS: Final = 800
"""As much of the text as is looked at: three short paragraphs tell the language."""
MIN_WORDS: Final = 12
"""Fewer words prove nothing against a declaration."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_TAG: Final = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?:$|[-_.;, ])")
_MACRO: Final = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "cn": "zh",
    "jp": "ja",
    "gr": "el",
    "cz": "cs",
    "dk": "da",
}
_ISO_639_3: Final = {
    "eng": "en",
    "ger": "de",
    "deu": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
}
_NAMES: Final = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl",
    "nederlands": "nl", "polish": "pl", "polski": "pl", "swedish": "sv", "svenska": "sv", "japanese": "ja",
    "chinese": "zh", "korean": "ko", "russian": "ru", "turkish": "tr",
}  # fmt: skip

_COMMON: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is that for with was on as are this by be at from have it he his they not we",
        "de": "der die und das ist von den nicht mit im auf für ein eine sich dem des zu auch werden wird",
        "fr": "le la les des et est une du que dans pour pas sur qui au avec il elle ce sont plus été aux",
        "es": "el los las una que y en por con del para se su como más pero al lo fue ha este sus sobre está",
        "pt": "os da do em uma que não para com dos das no na por mais como foi ao são pela seu sua também",
        "it": "il di che gli della per con una del è non nel sono alla dei anche più si le delle dal come ha",
        "nl": "het een van de en is dat niet zijn op te voor met die ook aan er om bij naar wordt door hij",
        "pl": "w i na się z nie jest że do to dla od przez jak po oraz są który także co za był",
        "sv": "och att det som på är av för inte med den till ett har om var jag kan från så sig",
        "da": "og at det er på af til som ikke med den der har en et for de jeg kan var også blev fra",
        "no": "og det er på av til som ikke med den har en et for å jeg vi kan var også ble fra etter",
        "cs": "a v na se je že s z do o to pro by za jako ale které který podle jeho po však také byl",
        "fi": "ja on ei että se oli hän myös kuin mutta ovat joka mukaan sen olisi kun jos vain sekä",
        "tr": "ve bir bu için ile da de olarak çok daha olan ancak gibi sonra kadar ise ne en var",
        "ro": "și în de la pe cu că nu din pentru este care mai au fost sau să ale lui prin",
        "hu": "a az és hogy nem is egy volt van már meg csak de ki el azt mint ez pedig vagy",
        "id": "yang dan di dengan untuk dari pada ini itu dalam tidak akan juga oleh karena ada ke",
        "ca": "el la els les que i de una amb per del al és no ha en als més seva aquest",
    }.items()
}
"""Words that stand in every text of a language."""
_SPEAKERS: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(language for language, words in _COMMON.items() if word in words)
    for word in frozenset().union(*_COMMON.values())
}


def normal_tag(declared: str | None) -> str | None:
    """A declared language as a BCP 47 tag: `en_us` becomes `en-US`; None where it names no language."""
    if not declared:
        return None
    text = declared.strip()
    named = _NAMES.get(text.lower())
    if named:
        return named
    match = _TAG.match(text)
    if not match:
        return None
    primary = match.group(1).lower()
    primary = _ISO_639_3.get(primary, _MACRO.get(primary, primary))
    if primary in ("und", "mul", "zxx", "xx"):
        return None
    region = match.group(3)
    return f"{primary}-{region.upper()}" if region else primary


def language_of(declared: Sequence[str | None], text: str) -> tuple[str | None, bool]:
    """The language of a text, and whether the text decided it rather than the page's declarations.

    `declared` in order of trust, unread. Short texts prove nothing; then the first declaration stands.
    """
    tags = [tag for one in declared if (tag := normal_tag(one))]
    sample = text[:MAX_CHARS]
    words = _WORD.findall(sample.lower())
    by_letters = (
        len(words) < MIN_WORDS and sum(ord(character) > 0x3000 for character in sample) > 3 * MIN_WORDS
    )
    if len(words) < MIN_WORDS and not by_letters:
        return (tags[0] if tags else None), False
    primaries = list(dict.fromkeys(tag.partition("-")[0] for tag in tags))
    spoken = primaries[0] if len(primaries) == 1 and _speaks(words, primaries[0]) else _identified(sample)
    if spoken is None:
        return (tags[0] if tags else None), False
    if tags and spoken not in _COMMON:
        declared_words = sum(word in _COMMON.get(primaries[0], ()) for word in words)
        if declared_words >= 0.02 * len(words) + 1:
            return tags[0], False  # lists of names look like a small language
    same = [tag for tag in tags if tag.partition("-")[0] == spoken]
    with_region = [tag for tag in same if "-" in tag]
    return (with_region or same or [spoken])[0], not same


def _speaks(words: list[str], language: str) -> bool:
    """Whether a declared language shows plainly in the words, more than any other does."""
    if language not in _COMMON:
        return False
    counts = Counter(one for word in words for one in _SPEAKERS.get(word, ()))
    own = counts.pop(language, 0)
    return own >= 0.15 * len(words) and own > max(counts.values(), default=0)


def _identified(sample: str) -> str | None:
    """The language by its letter sequences."""
    import py3langid  # loads a model of some megabytes: only for the few pages that need it

    language = py3langid.classify(sample)[0]
    return normal_tag(str(language))

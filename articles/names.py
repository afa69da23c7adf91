"""Who wrote it: people, organisations and news agencies out of the byline of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from articles.agencies import AGENCIES, agency_of
from articles.given_names import is_given_name

MAX_BYLINE_CHARS: Final = 400
"""A longer text is no byline."""
MAX_NAMES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Names in the order they stood, each once."""

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.organisations or self.agencies)


_URL: Final = re.compile(r"https?://\S+|www\.\S+|^\S+\.(?:com|org|net|de|fr|co\.uk)/\S*", re.IGNORECASE)
_EMAIL: Final = re.compile(r"<?\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\)?>?")
_HANDLE: Final = re.compile(r"(?<!\w)@\w+")
_ASIDE: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_LEAD_IN: Final = re.compile(
    r"^(?:[\w()'’-]+\s+){0,5}?\bby\s+(?=[A-ZÀ-Þ])|^(?:[\w()-]+\s+){0,3}?(?:erstellt|eingestellt|publiziert"
    r"|gepostet"
    r"|beitrag|artikel|kommentar|pressemitteilung|nachricht|bericht|wortlaut|geschrieben|verfasst"
    r"|veröffentlicht"
    r"|interview|analyse|reportage)\s+(?:am\s+[\d.]+\s+)?von\s+",
    re.IGNORECASE,
)
_PREFIX: Final = re.compile(
    r"""^\W*(?:
      (?:article|story|words|text|texte?|texto|testo|tekst|report(?:ed)?|written|posted|published|reviewed|updated|edited|
         created|submitted|medically\s+reviewed|analysis|opinion|commentary|column|guest\s+post|review|photos?|
         contributed|produced|compiled|escrito|publicado|postado|écrit|redigido|geschrieben|verfasst|veröffentlicht|
         ein\s+(?:beitrag|artikel|kommentar|gastbeitrag|interview)|
         eine\s+(?:analyse|kolumne|glosse|rezension)|kommentar|gastbeitrag|interview|rédigé|publié|propos\s+recueillis)
         \s*(?:and\s+photos?\s*|und\s+fotos?\s*|on\s+)?(?:by|von|par|por|di|door|av|af|przez|:)
      | authored\s+by\s*: | (?:by|von|par|por)\s*: | by(?:line)?\b(?:\s+the\s+author)? | von(?=\s+\S)
      | vom\b(?=\s) | par\b | por\b | door\b | av\b(?=\s[A-ZÅÄÖ]) | af\b(?=\s[A-ZÅÆØ]) | przez\b
      | de\s?:\s | di\b(?=\s[A-Z]\S+\s) | dalla?\b(?=\s)
      | about\s+the\s+authors? | (?:the\s+|guest\s+)?authors?\b(?:\(s\))?(?!\s+at\b)
      | autor(?:in|a|e|es|en|ka|zy)?\b(?:/-?in|:in|\*in)?
      | auteure?s?\b | autori?\b | autore\b | auteurs?\b
      | a\s+cura\s+di | (?:scritto|pubblicato)\s+da | geschreven\s+door | napisała?\b
      | skrive[nt]\s+av | skrevet\s+av | skrevet\s+af | tekst\s?: | text\s?: | texte\s?: | foto\s?: | bild\s?:
      | source\s?: | quelle\s?: | contributors?\s?:
      | förfat(?:tare|tad\s+av) | journalist(?:e|a|in)?\s?:? | reporter\s?:? | reporters?\s?:
      | redakt(?:ion|eur(?:in)?|or|ør|ör)\s?: | redac(?:ción|ção|tora?)\s?:
      | автор(?:ы)?\s?:? | текст\s?:? | 作者\s?[:：]? | 文\s?[:：/] | 記者\s?[:：]?
      | 责任编辑\s?[:：]? | 编辑\s?[:：]?
      | 来源\s?[:：]? | yazar\s?:? | haber\s?:
    )(?![\w-])[\s:：|·•\-–—]*""",
    re.IGNORECASE | re.VERBOSE,
)
_SPLIT: Final = re.compile(
    r"\s*(?:[;|•·●▪\n\t/]|\s[-–—]\s|\s–|,?\s+(?:and|And|AND|as\s+told\s+to|und|et|y|och|og|ja|i|with|mit|avec"
    r"|con|και|и)\s+|,?\s*&\s+|,?\s+(?:e|en)\s+(?=[A-ZÀ-Þ])|、|，)\s*"
)
_COMMA: Final = re.compile(r"\s*,\s*")
_WEEKDAY: Final = re.compile(
    r"(?:^|(?<=\S)[\s,]+)(?:mo|di|mi|do|fr|sa|so|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?"
    r"|sun)(?:day)?)\.?,?$",
    re.IGNORECASE,
)
_MONTH: Final = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic"
    r"|fév|févr|avr|juil|août|déc|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|maj|mei|maa|gen|mag|giu|lug|set|ott|dic|mars"
    r"|out|fev)[a-zéśńźł]*\.?"
)
_DATE: Final = re.compile(
    r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b,?\s*)?"
    rf"(?:\d{{1,2}}[./\-]\d{{1,2}}[./\-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\b{_MONTH}\s+\d{{1,2}}(?:st|nd"
    rf"|rd|th)?,?(?:\s+\d{{4}})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?\b)"
    r"(?:[\s,|–-]*(?:at|um|à|klo|kl\.?)?\s*\d{1,2}[:.h]\d{2}(?:\s*[ap]\.?m\.?)?)?"
    r"|\b\d{1,2}:\d{2}(?:\s*[ap]\.?m\.?)?\b",
    re.IGNORECASE,
)
_REVIEW: Final = re.compile(
    r"\b(?:medically\s+|expert\s+)?(?:reviewed|edited|fact[-\s]?checked|photograph(?:s|y|ed)?|photos?"
    r"|illustrat\w+|translated"
    r"|redigiert|geprüft|fotos?|revised\s+edition)\s*(?:by|von|:)\s.*$",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s*\b(?:\d+\s*(?:min(?:ute)?s?\b|h\b|hours?\b|years?\b).*|(?:updated|published|posted|contact|follow"
    r"|share|read more|publiziert|veröffentlicht|aktualisiert"
    r"|min read|view|see\s+(?:all|more)|more\s+(?:by|from)|last\s+updated|last\s+modified"
    r"|opens\s+in|on\s+behalf\s+of|im\s+(?:gespräch|interview)|reading\s+time|lesezeit)\b.*)$",
    re.IGNORECASE,
)


_TRAILING: Final = re.compile(r"(?<=\w)\s+(?:on|at|am|um)$")
"""What is left before a date that was taken out."""
_IN_SECTION: Final = re.compile(r"\s+(?:in|IN)(?:\s+\S.*)?$")
"""The section behind a name: `Ann Lee in Politics`."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JOBS: Final = _words(
    """
    writer writers reporter reporters correspondent correspondents editor editors journalist journalists
    columnist contributor contributors contributing photographer producer host anchor chief deputy senior
    junior associate assistant managing executive staff freelance freelancer intern fellow critic blogger
    author analyst director manager president ceo cto cfo coo cmo founder cofounder co-founder vp specialist
    consultant expert professor lecturer researcher strategist lead head officer coordinator attorney lawyer
    partner nutritionist dietitian engineer md phd m.d. ph.d. mba rd rdn ms bs ba ma msc bsc cpa cfp esq jd
    rn dds do faap mph cscs ldn cdn edd dr. lcsw redakteur redakteurin redakteure volontär volontärin
    korrespondent korrespondentin reporterin autor autorin journalistin ressortleiter ressortleiterin
    chefredakteur chefredakteurin leiter leiterin mitarbeiter kolumnist kolumnistin gastautor journaliste
    rédacteur rédactrice correspondante envoyé envoyée spécial spéciale chef rédaction periodista redactor
    redactora corresponsal enviado enviada especial jefe jornalista repórter correspondente editora
    giornalista redattore corrispondente inviato inviata redacteur verslaggever correspondente journaliste
    dziennikarz dziennikarka redaktor reportr toimittaja journalista skribent politisk reporter kommentator
    technology politics business sports sport political general entertainment features digital news health
    science commerce lifestyle culture investigative legal economics national local international foreign
    special online content marketing product software data video audience breaking travel weather education
    crime metro city night
    """
)
_JOB_CORE: Final = _words(
    """
    writer writers reporter reporters correspondent correspondents editor editors journalist journalists
    columnist contributor contributors contributing photographer producer anchor critic blogger analyst
    director manager president ceo cto cfo coo cmo founder cofounder co-founder vp specialist consultant
    expert professor lecturer researcher strategist officer coordinator attorney nutritionist dietitian md
    phd m.d. ph.d. mba rd rdn ms msc bsc cpa cfp esq jd rn dds do faap mph cscs ldn cdn edd lcsw author
    intern fellow ma engineer redakteur redakteurin redakteure volontär volontärin korrespondent
    korrespondentin reporterin autor autorin journalistin ressortleiter ressortleiterin chefredakteur
    chefredakteurin kolumnist kolumnistin gastautor journaliste rédacteur rédactrice correspondante envoyé
    envoyée periodista redactor redactora corresponsal enviado enviada jornalista repórter correspondente
    editora giornalista redattore corrispondente inviato inviata redacteur verslaggever dziennikarz
    dziennikarka redaktor toimittaja journalista skribent kommentator
    """
)
_ORGANISATION: Final = _words(
    """
    team staff editors editorial editorials newsroom newsdesk desk redaktion redaction rédaction redacción
    redacao redação redazione redactie redakcja redaktionen onlineredaktion agency agencies agencia agentur
    agence news nachrichten noticias press presse media medien group inc inc. llc ltd ltd. gmbh ag corp
    corporation company co. university universität college institute institut institution foundation
    stiftung magazine magazin times journal herald tribune gazette daily weekly blog board department
    ministry office service services network association society council committee commission center centre
    wire bureau reports contributors guide guides library video youtube navigation contactar read menu
    channel radio tv television online redaksjonen redactioneel verband verein partei marketing solutions
    software studio studios labs agencias newswire administrator community insights research health hospital
    feuerwehr abteilung polizei official
    diakonie caritas kreuz deutsches deutscher landkreis stadt gemeinde hochschule klinikum bistum
    bundesamt amt landesamt rathaus sparkasse program faculty coffee comune ayuntamiento mairie prefeitura urząd
    uniwersytet ministerio ministère ministero ministério gobierno governo gouvernement rząd università université
    clinic school editorial-team staffs reporters correspondents writers zeitung zeitschrift verlag bild
    academy e.v. e.v bund regierung landesregierung bundesministerium ministerium
    """
)
_NEVER_NAMES: Final = _ORGANISATION | _words(
    "author autor autorin autore auteur veröffentlicht published posted updated written recent posts more about"
    " category categories manufacturer brand topic price popularity categoryby"
)
"""Words that no person's name holds."""
_TITLE_START: Final = _JOB_CORE | _words(
    "senior staff chief deputy junior former sponsored guest am um veröffentlicht on at is"
)
"""Words that end a name of two words or more."""
_NOBODY: Final = frozenset(
    [
        "", "admin", "administrator", "author", "authors", "unknown", "anonymous", "guest", "null", "none",
        "undefined", "false", "true", "n/a", "na", "by", "root", "user", "test", "webmaster", "default",
        "view all posts", "posts", "more", "read more", "follow", "share", "home", "about", "contact",
        "twitter", "facebook", "instagram", "linkedin", "website", "email", "e-mail", "rss", "profile",
        "bio", "comments", "no comments", "updated", "published", "see more", "see full bio",
        "view profile", "[object object]", "autor", "autoren", "written by", "posted by", "publiziert am",
        "veröffentlicht am", "full bio", "no author", "author name", "publié le", "publicado el",
        "erstellt am", "by the author", "wordpressadmin", "full profile", "editor", "staff writer",
        "revised edition", "veröffentlicht", "aktualisiert", "reviewer", "guest author", "gastautor",
        "articles by", "autorin", "auteur", "byline", "name", "written", "biography", "x", "show more",
        "all posts", "my account", "advertisement", "publiziert", "anónimo",
        "anonimo", "anonym", "anonyme", "anônimo", "super user", "teilen", "udostępnij", "partager", "compartir",
        "compartilhar", "condividi", "delen", "dela", "antworten", "reply", "répondre", "responder", "rispondi",
    ]
)  # fmt: skip
_NETWORKS: Final = _words(
    """
    twitter facebook instagram linkedin youtube tiktok pinterest whatsapp telegram mastodon bluesky threads
    snapchat reddit flickr github spotify discord medium tumblr xing vimeo twitch rss email mail e-mail website
    follow share and on us
    """
)
_DEGREES: Final = _words(
    """
    md phd mba mph mfa rd rdn rn np pa-c dds dmd dvm vmd edd jd esq cpa cfa cfp cepf cpp psp cissp pmp cfe pe aia faia
    faap facp lcsw lmft ldn cdn cscs nsca-cpt cpt ryt e-ryt frcp mrcp msc bsc llm
    """
)
_WAS_A_DATE: Final = " \x00 "
_LAST_IS_JOB: Final = re.compile(
    r"\s(?:expert|writer|editor|director|officer|manager|analyst|specialist|consultant|correspondent|reporter"
    r"|journalist|columnist|contributor|strategist|researcher|producer)$",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"(?:\s|^)(?:[A-Z]\.){2,}$")
_AGENCY_BEHIND: Final = re.compile(
    r"(?:\s+|,\s*)("
    + "|".join(
        sorted((re.escape(name) for name in AGENCIES if len(name) > 5 and " " in name), key=len, reverse=True)
    )
    + r")$",
    re.IGNORECASE,
)
_PARTICLES: Final = _words(
    """
    de da do dos das di del della la le van von der den ter ten zu zur af al el bin ibn y e und dr dr. st. jr
    sr ii iii iv mc o'
    """
)
_OPENING_PARTICLES: Final = _words(
    "de da do dos das di del della la le van von der den ter ten zu zur af el y e und dr dr."
)
"""Particles that no name ends with."""
_ARTICLES: Final = _words("the a an le la les el los las il lo gli der die das het de o os")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_NO_NAME: Final = re.compile(
    r"[{}<>=#:;]|^\d+\s|^\S+\.\S+\.\d+$|^the author$|^(?:page|site|post|data|item|user|config)\.[\w.]+$",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(r"^\S+\.(?:[a-z]{2,3}|info|news)$|\.(?:com|org|net)\b", re.IGNORECASE)
_NOT_LATIN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SUFFIX: Final = _words("jr jr. sr sr. ii iii iv v")


def read_byline(texts: Iterable[str], *, site_runs: tuple[str, ...] = ()) -> Byline:
    """Read one or more bylines as a page shows or states them into names.

    `site_runs` name the site (`headline.names_of_site`): an author of that name is an organisation. Titles,
    degrees, handles, addresses and `By` go; nobodies (`admin`) are left out.
    """
    people: dict[str, str] = {}
    organisations: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for text in texts:
        house = text.partition(",")[0].strip()
        for name in [house] if " " in house and names_site(house, site_runs) else _names(text):
            key = name.casefold()
            agency = agency_of(name)
            if agency is not None:
                if agency:
                    agencies[agency] = None
            elif _is_nobody(key) or not _LETTERS.search(name) or (len(key) == 1 and key.isascii()):
                continue
            elif _is_organisation(name, site_runs) and not (
                _AGENCY_BEHIND.search(name) or _is_own_site(name, site_runs)
            ):
                organisations.setdefault(key, name)
            elif not _NO_NAME.search(name):
                name = _without_employer(name, site_runs, agencies)
                people.setdefault(name.casefold(), name.title() if _shouted(name) else name)
    return Byline(
        people=tuple(_without_initials(list(people.values())))[:MAX_NAMES],
        organisations=tuple(organisations.values())[:MAX_NAMES],
        agencies=tuple(agencies)[:MAX_NAMES],
    )


def _is_own_site(name: str, site_runs: tuple[str, ...]) -> bool:
    """Whether a site's name is a person's: who writes at annlee.net under that name is Ann Lee."""
    return names_site(name, site_runs) and is_given_name(name.split()[0]) and looks_like_person(name)


def names_site(name: str, site_runs: tuple[str, ...]) -> bool:
    """Whether a name is the site's own (`headline.names_of_site`)."""
    run = "".join(character for character in name.casefold() if character.isalnum())
    return run in site_runs or (run.startswith("the") and run[3:] in site_runs)


def _is_nobody(key: str) -> bool:
    """Whether a name, in lower case, is a placeholder, a label, or the names of networks to follow someone on."""
    return key in _NOBODY or all(word in _NETWORKS for word in key.replace("|", " ").split())


def _without_employer(name: str, site_runs: tuple[str, ...], agencies: dict[str, None]) -> str:
    """A person's name without the agency or the paper that stands right behind it: `Ann Lee The Associated Press`."""
    behind = _AGENCY_BEHIND.search(name)
    if behind is not None and " " in name[: behind.start()].strip():
        agencies[AGENCIES[behind.group(1).lower()]] = None
        return name[: behind.start()].strip()
    head, _, employer = name.partition(" for ") if " for " in name else name.partition(" For ")
    if employer and looks_like_person(head):
        return head
    words = name.split()
    for count in (1, 2, 3):
        if len(words) - count < 2:
            break
        run = "".join(character for character in "".join(words[-count:]).casefold() if character.isalnum())
        if run in site_runs:
            return " ".join(words[:-count])
    return name


def _without_initials(names: list[str]) -> list[str]:
    """Names without those that are another one's initials, as avatars show them."""
    if len(names) < 2:
        return names
    initials = {"".join(word[0] for word in name.split()) for name in names if " " in name}
    return [name for name in names if name not in initials]


def _shouted(name: str) -> bool:
    """Whether a name is set in capitals, as a byline's typography and not as initials."""
    return name.isupper() and all(len(word) > 2 for word in name.split()) and " " in name


def looks_like_person(name: str) -> bool:
    """Whether a text has the shape of a person's name: two to five capitalised words and nothing else."""
    words = name.split()
    if _NOT_LATIN.search(name):
        return len(name) <= 12
    return (
        2 <= len(words) <= 5
        and words[0].lower() not in _ARTICLES
        and words[-1].lower() not in _OPENING_PARTICLES
        and len(name) <= 60
        and not any(character.isdigit() for character in name)
        and all(word[0].isupper() or word.lower() in _PARTICLES or word[:2] in ("d'", "d’") for word in words)
        and not any(word.lower().strip(".,") in _NEVER_NAMES for word in words)
    )


def _names(text: str) -> list[str]:
    if len(text) > MAX_BYLINE_CHARS:
        return []
    text = _HANDLE.sub(" ", _EMAIL.sub(" ", _URL.sub(" ", text)))
    asides = [aside for aside in _ASIDE.findall(text) for aside in _SPLIT.split(aside) if agency_of(aside)]
    text = _DATE.sub(_WAS_A_DATE, _REVIEW.sub("", _ASIDE.sub(" ", text)))
    names: list[str] = []
    before, _, behind = text.partition(_WAS_A_DATE)
    names_more = any(is_given_name(word) for word in behind.split()[:2]) or agency_of(behind)
    if not names_more and any(looks_like_person(name) for name in _in_piece(_without_prefix(before))):
        text = before.strip()  # behind the day stands a section
    text = text.replace(_WAS_A_DATE, " | ")
    for piece in _pieces(_without_prefix(text)):
        if not (names and "," not in piece and _LAST_IS_JOB.search(piece)):
            names.extend(_in_piece(_without_prefix(piece)))
    return [*names, *asides]


def _pieces(text: str) -> list[str]:
    """A byline at its bars and conjunctions, but for `Center for Drug Evaluation and Research`."""
    pieces = _SPLIT.split(text)
    if (
        len(pieces) == 2
        and len(pieces[1].split()) == 1
        and _is_organisation(pieces[0], ())
        and "|" not in text
    ):
        return [text]
    return pieces


def _in_piece(piece: str) -> list[str]:
    """Names of a piece that only commas may divide: `Ann Lee, Staff Writer` or `Ann Lee, Bob Roy`."""
    names: list[str] = []
    for index, part in enumerate(_COMMA.split(piece)):
        whole, part = part, _tidy(part)
        lowered = part.lower()
        if not part or _ends_as_job(part):
            continue
        if lowered in _SUFFIX and names:
            names[-1] = f"{names[-1]} {part}"
        elif _is_job(part, first=index == 0) or (index and _is_job(whole, first=False)):
            if index:
                break
        elif (
            index and names and not (agency_of(part) or looks_like_person(part) or _is_organisation(part, ()))
        ):
            continue
        else:
            names.append(part)
    return names


_HONORIFIC: Final = re.compile(
    r"^(?:rechtsanw(?:alt|ältin)|fachanw(?:alt|ältin)|pfarrer(?:in)?|pastor(?:in)?|steuerberater(?:in)?|dipl\.-\w+\.?"
    r"|abg\.|redakteur(?:in)?|reporter(?:in)?|journalist(?:in|e)?|inż\.|ks\.)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
"""Professions before a name of two words or more; a doctor's title stays, as papers print it."""


def _without_prefix(text: str) -> str:
    for _ in range(3):
        shorter = _HONORIFIC.sub("", _PREFIX.sub("", _LEAD_IN.sub("", text, count=1), count=1))
        if shorter == text or not shorter.strip():
            break
        text = shorter
    return text


def _tidy(part: str) -> str:
    part = _TRAILING.sub("", _WEEKDAY.sub("", _TAIL.sub("", part)))
    behind = _IN_SECTION.search(part)
    if behind and looks_like_person(head := part[: behind.start()]) and is_given_name(head.split()[0]):
        part = head
    words = part.split()
    times = next((n for n in (3, 2) if len(words) >= 2 * n and words == words[: len(words) // n] * n), 1)
    words = words[: len(words) // times]  # shown twice, or for three widths of screen
    cut = next(
        (i for i, word in enumerate(words) if i >= 2 and word.strip(".,").lower() in _TITLE_START), len(words)
    )
    if cut < len(words) and (
        not looks_like_person(" ".join(words[:cut])) or any(word.lower() in _JOBS for word in words[:2])
    ):
        cut = _before_employer(words[:cut]) or len(words)
    while cut > 2 and words[cut - 1].strip(".,").lower() in _DEGREES and not words[0].isupper():
        cut -= 1
    while cut < len(words) and cut > 2 and words[cut - 1].lower() in _JOBS:
        cut -= 1
    part = " ".join(words[:cut]).strip(' \t-–—|:;,*"“”„»«…')
    kept = part.endswith(("Jr.", "Sr.", "Inc.", "Co.", "Ltd.")) or len(part) < 4 or _INITIALS.search(part)
    return part if kept else part.rstrip(".")


def _before_employer(words: list[str]) -> int:
    """How many of the words before a job are a person's name and not yet the paper's: `KIM LEE Times`; 0: unknown."""
    paper = next((i for i, word in enumerate(words) if i >= 2 and word.lower() in _ORGANISATION), 0)
    if not paper:
        return 0
    shouted = next((i for i, word in enumerate(words) if not word.isupper()), 0)
    count = shouted if shouted >= 2 else paper if paper == 2 or is_given_name(words[1]) else 2
    name = " ".join(words[:count])
    return count if looks_like_person(name) and (shouted >= 2 or is_given_name(words[0])) else 0


def _ends_as_job(part: str) -> bool:
    """Whether a text is a job and no name: it ends, in small letters, with one."""
    last = part.rpartition(" ")[2]
    return " " in part and last.islower() and last in _JOB_CORE and not last.endswith("s")


def _is_job(part: str, *, first: bool) -> bool:
    words = part.lower().replace("/", " ").split()
    core = [word for word in words if word.strip(".,") in _JOB_CORE or word in _JOB_CORE]
    if not core:
        return False
    if first and len(words) <= 2 and not all(word in _JOBS for word in words):
        return False
    if first:
        return all(word.strip(".,") in _JOBS for word in words)
    return True


def _is_organisation(name: str, site_runs: tuple[str, ...]) -> bool:
    if names_site(name, site_runs):
        return True
    words = [word.strip(".,:").lower() for word in name.replace("-", " ").split()]
    if len(words) > 1 and words[0] in ("the", "die") and name.split()[1][0].isupper():
        return True
    return any(word in _ORGANISATION for word in words) or bool(_DOMAIN.search(name))

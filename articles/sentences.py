"""What one sentence asks of its reader, told from its words and from where it stands.

It asks when it opens with an imperative that newsletters, subscriptions, networks, apps or further reading are offered
with, or when it speaks to the reader of the paper's own offer. How strongly it asks depends on what agrees with the
verb: the paper itself (`our`, its name), the reader (`your inbox`), an offer (`free`, `daily`). Someone's quoted words,
and what readers are told to do with other people's services, ask nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from articles.features import GROUP_BIT
from articles.fixed_prompts import fixed_prompt
from articles.forms import is_spoken
from articles.lexicon import Says, says
from articles.model import Kind
from articles.notices import earns
from articles.text import folded, word_set

MAX_WORDS: Final = 75
"""No prompt is longer; a longer block is text, whatever it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a block stands, as far as it tells a prompt from a paragraph."""

    names: int = 0
    """Groups of the names of its element and those around it."""
    link_share: float = 0.0
    slanted: float = 0.0
    """Share of it in italics or bold."""
    in_form: bool = False
    signs_up: bool = False
    """Its link leads to a subscription, a newsletter, an account or an app store."""
    to_network: bool = False
    """Its link leads to a social network or a messenger."""
    edge: bool = False
    """No body text follows it."""
    tag: str = "p"
    house: str = ""
    """The paper's name, folded to one word: `latinpost`."""

    @property
    def called(self) -> str | None:
        """What kind of box the names around it speak of, where it is one of prompts; None: none is."""
        for group in ("promo", "related", "share", "ad", "overlay", "comment"):
            if self.names & GROUP_BIT[group]:
                return group
        return None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sentence says to its reader."""

    asked: Asked | None = None
    own: bool = False
    """It asks, and speaks of the paper or its writer."""
    leads_up: bool = False
    """It asks nothing, but prompts begin or end with such: `Enjoying this story?`, `No spam, ever.`"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence asks for, and how strongly: 0.9 for `Sign up for our free newsletter`."""

    kind: Kind
    strength: float


def hear(text: str, tokens: list[str], setting: Setting) -> Heard:
    """What a sentence of at least one word says; `tokens`: its words, folded."""
    masks = list(map(says, tokens[:_MEANT_WORDS]))
    every = 0
    for mask in masks:
        every |= mask
    if len(tokens) <= MAX_WORDS and (every & PROMPT_WORDS or is_asked_with(text)):
        sentence = _looked_at(text, tokens, masks, every, setting.house)
        asked = _asked(sentence, setting)
        if asked is not None:
            return Heard(asked, own=sentence.own)
    return Heard(leads_up=_leads_up(tokens, every, text))


def is_asked_with(text: str) -> bool:
    """Whether a part of a word stands in a text that asks and that `lexicon` does not list."""
    text = text.lower()
    for part in _ASKED_WITH:  # noqa: SIM110 - asked of every block: a generator costs twice as much
        if part in text:
            return True
    return False


# --- Words that ask -------------------------------------------------------------------------------


_MEANT_WORDS: Final = 40
"""Words of a sentence whose meaning is asked for."""
PROMPT_WORDS: Final = (
    Says.SUBSCRIBE | Says.SUBSCRIPTION | Says.NEWSLETTER | Says.FOLLOW | Says.SHARE | Says.APP | Says.RELATED
    | Says.ADVERTISEMENT | Says.COMMENT | Says.CONSENT | Says.NETWORK
)  # fmt: skip
_ASKED_WITH: Final = (
    "support", "trial", "@", "donat", "contribut", "unterstütz", "spende", "soutene", "apoy", "apoi", "sostien",
    "steun", "wspier", "wesprz", "stöd", "stött", "member", "socio", "sócio", "membre", "medlem",
    "help us", "by readers", "pin ", "n't miss", "n’t miss", "subskryb", "mitglied", "interes", "ompens", "provisi",
    "omisi", "omiss", "prowizj", "vergüt", "whatsapp", "stay ", "mantente", "resta ", "bądź", "fique ", "na skrzynk",
    "boîte", "casella", "stylist:", "makeup ", "producer:",
)  # fmt: skip
"""Parts of words that ask and that `lexicon` does not list."""
_SUBSCRIBE: Final = word_set(
    "suscribite suscribirse inscribite inscribirse anotate apuntarte inscrire cadastrar subskrybować anotarse",
    "subscribe signup register suscríbete suscribete suscríbase suscríbanse inscríbete inscríbase apúntate",
    "regístrate regístrese assine subscreva inscreva cadastre registe abonniere abonnieren abonniert abonnez",
    "abonne inscrivez inscris iscriviti iscrivetevi abbonati abbonatevi registrati abonneer inschrijven anmelden",
    "melde melden meld aanmelden registrieren subskrybuj zapisz zaprenumeruj zarejestruj prenumerera anmäl",
    "registrera",
)
_ENROL: Final = word_set(
    "trag trage tragt tragen date dese apuntate", "schrijf zamów beställ haka geef odbierz"
)
"""Orders that mean other things, but for newsletters."""
_SIGN: Final = frozenset(["sign", "log", "opt"])
_UP: Final = frozenset(["up", "in", "on"])
_FOLLOW: Final = word_set(
    "follow síguenos siguenos síganos siganos síguelo sigue síganme sígueme siga acompanhe curta folge folgen",
    "folgt suivez suis seguici seguiteci segui volg śledź obserwuj polub följ gilla connect",
)
_LIKE: Final = frozenset(
    ["like", "find", "join", "tweet", "besuchen", "rejoignez", "únete", "unisciti", "dołącz"]
)
_SUPPORT: Final = word_set(
    "support donate contribute unterstütze unterstützen apoya apóyanos apoye apoie soutenez soutiens sostieni",
    "sostienici steun wspieraj wesprzyj stöd stötta spenden spende dona doe doneer",
)
_SUPPORTING: Final = word_set("supporting donating contributing becoming subscribing")
_SHARE: Final = word_set(
    "share pin tweet teile teilen teilt comparte compártelo compartilhe partilhe partagez partager condividi deel",
    "delen udostępnij dela skicka",
)
_COMMENT: Final = word_set(
    "comment kommentieren kommentiere comenta comente commentez commenta reageer skomentuj"
)
_TAKE: Final = word_set(
    "get join download try start discover receive enter become recibe reciba receba participe descubre únete haz",
    "hazte clique click tap haga erhalten holen hol sichern sichere bestellen bestelle klicken klick testen lesen",
    "recevez découvrez téléchargez cliquez rejoignez devenez ricevi scopri unisciti clicca scarica diventa",
    "ontvang klik downloade probeer word otrzymuj dołącz kliknij sprawdź pobierz zostań få klicka hämta bli",
    "descarga descárgate baixe conviértete torne werde werden check visit learn listen watch stay never don't",
    "herunterladen laden ladda instala instalá installa instale installez installer installieren installiere",
    "zainstaluj installera install baja bajá descargá descargue descarregue baixa obtén obtenez obtenga",
)
_AT_THE_END: Final = word_set(
    "abonnieren anmelden registrieren folgen teilen herunterladen inschrijven aanmelden volgen delen downloaden",
    "abonneren bestellen",
)
"""German and Dutch ask with an infinitive at the end: `Jetzt Newsletter abonnieren`."""
_LETTER: Final = re.compile(
    r"newsletter|newslettera|nieuwsbrie|^bolet[ií]n|^boletim|infolettre|rundbrief|biuletyn|nyhetsbrev|^inbox$|posteingang|"
    r"^postfach$|mailinglist|^mailing$"
)
_APP: Final = word_set(
    "app apps aplicación aplicativo application applicazione aplikacja aplikację appen apk"
)
_NO_NETWORK: Final = word_set("google podcast podcasts spotify threads messenger")
"""Networks by name that are written about as services, and followed by nobody."""
_WORK: Final = word_set(
    "journalism newsroom reporting mission work coverage journalists journalismus redaktion arbeit periodismo",
    "rédaction redacción redazione redactie redakcję redação jornalismo journalisme giornalismo journalistiek",
    "dziennikarstwo journalistik site blog channel independent",
)
_PRESS: Final = word_set(
    "journalism reporting newsroom news journalismus periodismo jornalismo journalisme giornalismo informazione",
    "journalistiek dziennikarstwo journalistik presse prensa",
)
_GIFT: Final = word_set(
    "donate donation donations gift contribution spende spenden donación donativo doação don dons donazione donatie",
    "darowizną darowiznę gåva bidrag",
)
_FUNDED: Final = frozenset(["funded", "supported", "powered"])
_MAKING: Final = frozenset(["making", "giving", "a"])
_BECOME: Final = word_set(
    "become join hazte hágase haz únete torne seja devenez rejoignez diventa unisciti word wordt zostań dołącz",
    "bli werde werden",
)
_JOIN: Final = word_set(
    "join únete únase unirse rejoignez unisciti iscriviti entre entra treten tritt komm kommen sluit dołącz bli",
    "gå",
)
_HERE: Final = frozenset(["here", "hier", "aquí", "aqui", "ici", "qui", "tutaj", "här"])
_CHANNEL: Final = word_set(
    "channel group kanal gruppe canal grupo chaîne groupe canale gruppo kanaal groep kanału grupy grupp"
)
_NETWORKS: Final = re.compile(
    r"\b(?:facebook|instagram|twitter|whatsapp|youtube|telegram|linkedin|tiktok)\w{1,3}\b", re.IGNORECASE
)
"""Their names are inflected in some languages: `na Facebooku`."""
_OURS: Final = word_set("naszą naszymi naszych våran onzen")
"""Forms that `lexicon` does not list."""
_MINE: Final = word_set("me my mein meine meinen mijn")
_SKIPPED: Final = word_set(
    "please also and or so now just but then dann entonces alors allora dan be sure make certain forget do dont",
    "not to why bitte por favor jetzt hier ahora agora maintenant ora nu teraz s il vous plaît te zapraszamy oh",
    "hey remember",
)
_SOON: Final = word_set(
    "now today here below free trial jetzt heute hier ahora hoy aquí agora aqui maintenant aujourd ici ora oggi",
    "qui nu vandaag teraz dziś dzisiaj tutaj idag här gratis",
)
_BESIDES: Final = word_set(
    "related recommended weiterlesen weitere relacionado relacionados relacionada relacionadas correlati",
    "correlate gerelateerd relaterat powiązane przeczytaj lesetipp liés mehr",
)

_CLAUSE: Final = re.compile(
    r"[,;:–—(]\s*|\s+(?:and|or|und|oder|y|o|e|et|ou|en|i|och|eller)\s+", re.IGNORECASE
)
_HANDLE: Final = re.compile(r"^\W*\w+ (?:us |me |along )?(?:on \w+ )?@\w")
_AT: Final = re.compile(r"(?:^|[\s(])@\w")


# --- A sentence -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, looked at once."""

    text: str
    tokens: list[str]
    masks: list[int]
    every: int
    opening: str
    """First word that is no filler."""
    second: str
    own: bool
    """Speaks of the paper or its writer: `our`, `us`, `my`, its name."""
    named: bool
    """The paper's name stands in it."""
    network: bool
    letter: bool
    spoken: bool
    """Holds words of somebody else."""


def _looked_at(text: str, tokens: list[str], masks: list[int], every: int, house: str) -> _Sentence:
    at = 0
    while at < min(len(tokens) - 1, 6) and tokens[at] in _SKIPPED:
        at += 1
    named = _speaks_of(house, tokens, masks)
    # `US` is a country where the rest is not in capitals.
    abroad = " US" in f" {text}" and not text.isupper()
    told = bool(every & Says.HOUSE) and any(
        m & Says.HOUSE and not (abroad and t == "us") for t, m in zip(tokens, masks, strict=False)
    )
    told = told or not _OURS.isdisjoint(tokens)
    return _Sentence(
        text=text,
        tokens=tokens,
        masks=masks,
        every=every,
        opening=tokens[at],
        second=tokens[at + 1] if at + 1 < len(tokens) else "",
        own=named or told or not _MINE.isdisjoint(tokens),
        named=named,
        network=(
            bool(every & Says.NETWORK)
            and any(m & Says.NETWORK and t not in _NO_NETWORK for t, m in zip(tokens, masks, strict=False))
        )
        or _NETWORKS.search(text) is not None,
        letter=bool(every & Says.NEWSLETTER) and any(_LETTER.search(token) for token in tokens),
        spoken=len(tokens) > 6 and is_spoken(text),
    )


def _speaks_of(house: str, tokens: list[str], masks: list[int]) -> bool:
    """Whether the paper is named, in full or by the first or last word of its name."""
    house = house.removeprefix("the")
    if len(house) <= 3:
        return False
    if house in "".join(tokens):
        return True
    edges = tuple(tokens)
    if not (house.startswith(edges) or house.endswith(edges)):
        return False
    return any(
        len(token) >= 5 and not mask and (house.endswith(token) or house.startswith(token))
        for token, mask in zip(tokens, masks, strict=False)
    )


def _subscribes(word: str, following: str) -> bool:
    return word in _SUBSCRIBE or (word in _SIGN and following in _UP)


def _asked(s: _Sentence, setting: Setting) -> Asked | None:
    """What a sentence asks for, if it asks."""
    if s.spoken or (not s.own and _THEN_YOU.search(s.text)):
        return None
    fixed = fixed_prompt(s.tokens, s.every, s.text, own=s.own, network=s.network)
    if fixed is not None:
        return Asked(*fixed)
    earned = earns(s.tokens, own=s.own)
    if earned:
        return Asked(Kind.ADVERTISEMENT, earned)
    for judge in (_asks_to_subscribe, _asks_to_follow, _asks_for_support, _offers_an_app, _asks_for_more):
        found = judge(s, setting)
        if found is not None:
            return found
    return None


_THEN_YOU: Final = re.compile(r"\band you (?!will|can|get|['’])")
"""What would follow, not what the reader is asked for: `Follow the vet and you learn about ticks`."""
_MAILBOX: Final = word_set(
    "inbox mailbox correo email mail e postfach posteingang boîte messagerie casella posta skrzynkę skrynkę",
    "inkorg mejl",
)
_TIDINGS: Final = word_set(
    "news headlines stories nachrichten noticias titulares notícias manchetes actualité actualités infos",
    "informations notizie nieuws wiadomości wiadomościami nyheter nyheterna novedades novidades aggiornamenti",
    "powiadomienia notificaciones notificações notifiche meldingen notiser updates essentiel",
)
_STAY: Final = word_set(
    "stay mantente manténgase mantén fique restez resta rimani blijf bądź håll bleiben bleib"
)


def _asks_to_subscribe(s: _Sentence, setting: Setting) -> Asked | None:
    """Newsletters, subscriptions, sign-ups."""
    count, reader = len(s.tokens), bool(s.every & Says.READER)
    offered = bool(s.every & Says.OFFER)
    enrols = s.letter and s.opening in _ENROL
    at_end = count <= 6 and s.tokens[-1] in _AT_THE_END
    subscribes = _subscribes(s.opening, s.second) or (at_end and bool(s.every & Says.SUBSCRIBE))
    opens = subscribes or enrols or s.opening in _TAKE or s.opening in _SUPPORT
    clause = False if opens else _clause_subscribes(s)
    soon = not _SOON.isdisjoint(s.tokens)
    if s.letter:
        if opens or (clause and (s.own or reader or soon)):
            strength = 0.9 if s.own else 0.8 if reader else 0.7 if offered or soon else 0.6
            strength -= 0.05 if clause else 0.0
            plural = any(t in ("newsletters", "boletines", "nieuwsbrieven") for t in s.tokens)
            return Asked(Kind.NEWSLETTER, strength - (0.25 if plural and not s.own and not reader else 0.0))
        if (reader or s.own) and offered and count <= 30:
            return Asked(Kind.NEWSLETTER, 0.6)
        if count <= 4 and (setting.in_form or setting.called or setting.signs_up):
            return Asked(Kind.NEWSLETTER, 0.4)
    if s.every & Says.NEWSLETTER and (opens or clause) and (setting.in_form or setting.signs_up):
        return Asked(Kind.NEWSLETTER, 0.6)
    if (
        opens
        and reader
        and count <= 25
        and not _MAILBOX.isdisjoint(s.tokens)
        and not _TIDINGS.isdisjoint(s.tokens)
    ):
        return Asked(Kind.NEWSLETTER, 0.75)
    if count <= 14 and s.opening in _STAY and not _TIDINGS.isdisjoint(s.tokens):
        return Asked(Kind.NEWSLETTER, 0.6)
    priced = _PRICED.search(s.text) is not None
    if priced and count <= 20 and (subscribes or (opens and s.every & (Says.SUBSCRIPTION | Says.SUBSCRIBE))):
        return Asked(Kind.SUBSCRIBE, 0.75 if subscribes or s.own or not _WORK.isdisjoint(s.tokens) else 0.55)
    if subscribes:
        if s.opening == "register" and not (soon or s.own or count <= 3):
            return None
        if s.every & Says.PAYWALL and reader and not offered and count <= 25:
            return Asked(Kind.PAYWALL, 0.75 if s.own or s.every & Says.RELATED else 0.5)
        shout = count <= 3 and s.text.rstrip().endswith((":", "!"))
        strength = (
            0.85
            if s.own
            else 0.75
            if (soon and count <= 4) or shout
            else 0.65
            if soon or (offered and count <= 8)
            else 0.5
        )
        return Asked(Kind.SUBSCRIBE, strength if count <= 6 or soon or s.own or offered else 0.35)
    if clause and (s.own or (offered and soon)):
        return Asked(Kind.SUBSCRIBE, 0.75 if reader and offered else 0.65)
    here = not _HERE.isdisjoint(s.tokens) and s.tokens[-1] in _AT_THE_END
    if here and count <= 14 and (s.letter or s.every & Says.SUBSCRIPTION):
        return Asked(Kind.NEWSLETTER if s.letter else Kind.SUBSCRIBE, 0.75)
    if opens and s.every & Says.SUBSCRIPTION and (s.own or offered or soon) and count <= 25:
        return Asked(Kind.SUBSCRIBE, 0.75 if s.own or (soon and count <= 6) else 0.45)
    if opens and "trial" in s.tokens and offered and count <= 25:
        return Asked(Kind.SUBSCRIBE, 0.65 if s.own or count <= 6 else 0.45)
    return None


_PRICED: Final = re.compile(
    r"(?:€|£|\$|R\$)\s?\d|\d(?:[.,]\d\d)?\s?(?:€|£|\$|euros?\b|zł\b|kr\b|chf\b|fr\.|%)", re.IGNORECASE
)


def _clause_subscribes(s: _Sentence) -> bool:
    """Whether a later clause opens with a verb that asks to subscribe."""
    if not s.every & Says.SUBSCRIBE:
        return False
    for clause in _CLAUSE.split(s.text)[1:]:
        words = folded(clause)[:4]
        while words and words[0] in _SKIPPED:
            del words[0]
        if words and _subscribes(words[0], words[1] if len(words) > 1 else ""):
            return True
    return False


def _asks_to_follow(s: _Sentence, setting: Setting) -> Asked | None:
    """Networks, messengers, channels."""
    count = len(s.tokens)
    if count > 30:
        return None
    handle = _HANDLE.search(s.text) is not None
    us = s.second in ("us", "me", "nos", "uns", "nous", "ons", "nas", "oss", "mir", "along") or s.opening in (
        "síguenos", "siguenos", "síganos", "siganos", "seguinos", "seguici", "seguiteci", "sígueme", "síganme",
    )  # fmt: skip
    if s.opening in _FOLLOW or (s.opening in _LIKE and us):
        told = s.network or _AT.search(s.text) is not None or setting.to_network
        told = told or ("google" in s.tokens and not _GOOGLE_NEWS.isdisjoint(s.tokens))
        if handle and s.opening in _FOLLOW and count <= 20:
            return Asked(Kind.FOLLOW, 0.85 if s.network or s.named else 0.7)
        if us or s.named:
            return Asked(Kind.FOLLOW, 0.9 if told else 0.6 if count <= 6 else 0.4)
        if told and s.own and count <= 25:
            return Asked(Kind.FOLLOW, 0.75)
        if told and s.opening in _FOLLOW and count <= 20:
            return Asked(Kind.FOLLOW, 0.7 if count <= 12 else 0.55)
        return None
    last = s.tokens[-1] in ("folgen", "volgen", "följ") and count <= 6
    if last and (s.network or not _WRITERS.isdisjoint(s.tokens) or "themen" in s.tokens):
        return Asked(Kind.FOLLOW, 0.7)
    if s.network and s.every & Says.FOLLOW and s.own:
        for clause in _CLAUSE.split(s.text)[1:]:
            words = folded(clause)[:2]
            if words and (words[0] in _FOLLOW or words == ["like", "us"]):
                return Asked(Kind.FOLLOW, 0.75)
    calls = not _CALLED.isdisjoint(s.tokens) and (s.network or not _ON_NETWORKS.isdisjoint(s.tokens))
    if calls and (s.own or handle or not _CHANNEL.isdisjoint(s.tokens) or setting.to_network):
        return Asked(Kind.FOLLOW, 0.7)
    of_paper = s.own or handle or not _WRITERS.isdisjoint(s.tokens)
    if of_paper and _told_to_follow(s.tokens) and (s.network or "google" in s.tokens) and count <= 16:
        return Asked(Kind.FOLLOW, 0.7)
    joins = s.opening in _JOIN or s.tokens[0] in _HERE
    if joins and s.network and count <= 14 and not _CHANNEL.isdisjoint(s.tokens):
        return Asked(Kind.FOLLOW, 0.75 if s.own else 0.7)
    if s.opening in _TAKE | _LIKE and s.network and s.own and count <= 25:
        return Asked(Kind.FOLLOW, 0.75 if setting.to_network or us else 0.55)
    if _AT.search(s.text) and s.every & Says.HOUSE and count <= 12:
        return Asked(
            Kind.FOLLOW, 0.75 if s.network or (us and s.opening in ("tag", "tweet", "find")) else 0.5
        )
    return None


_CALLED: Final = word_set(
    "únete únase suscríbete suscribite suscríbase síguenos seguinos búscanos buscanos inscreva siga acompanhe",
    "curta rejoignez suivez abonnez retrouvez cherchez segui seguici seguiteci unisciti entra iscriviti",
    "abonneer volg obserwuj dołącz śledź polub följ gilla abonniert abonniere folgt folge",
)
"""Orders, outside of English, that are nothing else by their form; in German `folgen` may be anything."""
_GOOGLE_NEWS: Final = word_set("news noticias notícias actualités discover nachrichten nieuws")
_ON_NETWORKS: Final = word_set("google threads spotify podcast podcasts podcaście podcasten actualités")
_MAY: Final = word_set(
    "can puedes puede pueden podes pode podem pouvez peux puoi potete können kannst kunt kun możesz kan"
)
_CLICKING: Final = word_set("click go tap clic clique clicca haz klik klicken cliquez")
_TO_FOLLOW: Final = word_set(
    "follow seguir seguirnos seguirci seguirlo segui suivre seguire folgen volgen śledzić obserwować följa"
)
_WRITERS: Final = word_set(
    "author autor autora autore auteur autrice verfasser schrijver autorem författaren"
)


def _told_to_follow(tokens: list[str]) -> bool:
    """Whether readers are told that they may follow, or click to: `You can follow Ann`, `Click here to follow us`."""
    opens = not _MAY.isdisjoint(tokens[:2]) or tokens[0] in _CLICKING
    return opens and not _TO_FOLLOW.isdisjoint(tokens[1:7])


_MEMBER: Final = word_set(
    "member subscriber supporter mitglied abonnent miembro socio suscriptor membro assinante membre abonné",
    "socia lid abonnee członkiem subskrybentem medlem prenumerant",
)


def _asks_for_support(s: _Sentence, setting: Setting) -> Asked | None:
    """Money for the paper itself: `Support our journalism`, `Please consider supporting our work by subscribing`."""
    count, opens = len(s.tokens), s.opening in _SUPPORT
    joins = not _MEMBER.isdisjoint(s.tokens)
    gives = joins or not _GIFT.isdisjoint(s.tokens)
    gently = "consider" in s.tokens and any(
        a == "consider" and (b in _SUPPORTING or (gives and b in _MAKING)) for a, b in pairwise(s.tokens)
    )
    works = not _WORK.isdisjoint(s.tokens)
    press = not _PRESS.isdisjoint(s.tokens)
    both = works and count <= 12 and not _MEMBER.isdisjoint(s.tokens[:5])
    if both and s.opening in _TAKE and not _SUPPORT.isdisjoint(s.tokens):
        return Asked(Kind.SUBSCRIBE, 0.75)
    if (opens or gently) and press and count <= 25 and not s.own:
        # nobody speaks so but a paper of itself: `Support independent journalism by becoming a member`
        return Asked(Kind.SUBSCRIBE, 0.8 if gives else 0.7 if count <= 8 else 0.5)
    becomes = s.opening in _BECOME or s.tokens[0] in _BECOME
    if joins and becomes and (count <= 5 or (count <= 14 and not _SOON.isdisjoint(s.tokens))):
        return Asked(Kind.SUBSCRIBE, 0.7)
    if count <= 4 and gives and not _SOON.isdisjoint(s.tokens):
        return Asked(Kind.SUBSCRIBE, 0.7)
    if s.own and count <= 14 and (("your", "support") in pairwise(s.tokens) or _lives_by_readers(s.tokens)):
        return Asked(Kind.SUBSCRIBE, 0.6)
    if s.opening == "help" and s.second == "us" and (press or gives) and count <= 25:
        return Asked(Kind.SUBSCRIBE, 0.75 if press else 0.6)
    if not (opens or gently) or not s.own or count > 40:
        return None
    sure = gives or s.named or gently or setting.signs_up
    return Asked(Kind.SUBSCRIBE, 0.9 if works else 0.7 if sure else 0.5)


def _lives_by_readers(tokens: list[str]) -> bool:
    """`The Post is funded by readers like you.`"""
    return any(a == "by" and b in ("readers", "you") for a, b in pairwise(tokens)) and not _FUNDED.isdisjoint(
        tokens
    )


_MISS_NOTHING: Final = word_set(
    "miss verpassen manquer rater pierdas perca perdere dentro missen przegap missa alerts"
)
_STORES: Final = frozenset(["android", "ios", "iphone", "google", "apple", "play", "store"])
_USED: Final = word_set(
    "lisez retrouvez ouvrez écoutez ascolta aggiorna porta leggi apri öffnen lesen hören nutzen lee abre",
    "actualiza lea ouça leia abra atualize open read update listen use lees luister czytaj otwórz läs öppna",
    "lyssna try",
)
"""What readers are told to do with the paper's application."""
_LOADING: Final = word_set(
    "download get lade laden holen hol descarga descargue descárgate baixe téléchargez scarica downloaden pobierz",
    "ladda instala instalá installa instale installez installer installieren installiere zainstaluj installera",
    "install baja bajá descargá descarregue baixa obtén obtenez obtenga herunterladen",
)


def _offers_an_app(s: _Sentence, setting: Setting) -> Asked | None:
    """The paper's own application."""
    if not s.every & Says.APP or _APP.isdisjoint(s.tokens) or len(s.tokens) > 35:
        return None
    opens = s.opening in _TAKE or (len(s.tokens) <= 6 and s.tokens[-1] in _AT_THE_END)
    if opens and (s.own or setting.signs_up):
        return Asked(Kind.APP, 0.8)
    loads = opens or s.opening in _LOADING or not _LOADING.isdisjoint(s.tokens[:5])
    if loads and len(s.tokens) <= 14 and not _MISS_NOTHING.isdisjoint(s.tokens):
        return Asked(Kind.APP, 0.7)
    if s.own and len(s.tokens) <= 16 and s.opening in _USED:
        return Asked(Kind.APP, 0.75)
    stores = len(_STORES.intersection(s.tokens)) >= 2
    if stores and s.every & Says.OFFER and not _LOADING.isdisjoint(s.tokens):
        # `For the latest news, download the Post app for iOS and Android`
        return Asked(Kind.APP, 0.8 if s.own else 0.6)
    return Asked(Kind.APP, 0.45) if opens and len(s.tokens) <= 6 else None


_THIS: Final = word_set(
    "this it story article post page artículo artigo artikel beitrag cet l articolo artykuł artikeln inlägg",
    "recipe episode later",
)


def _asks_for_more(s: _Sentence, setting: Setting) -> Asked | None:
    """Shares, comments, further reading, labels."""
    count, first = len(s.tokens), s.masks[0]
    if s.opening in _SHARE or (count <= 6 and s.tokens[-1] in ("teilen", "delen")):
        yours = bool(s.every & Says.READER)
        if count <= 12 and not yours and (s.network or not _THIS.isdisjoint(s.tokens) or count <= 2):
            return Asked(Kind.SHARE, 0.6 if count > 2 else 0.35)
    listed = sum(1 for m in s.masks if m & (Says.NETWORK | Says.SHARE))
    if listed >= max(3, count - 2) and (s.every & Says.SHARE or setting.link_share > 0.6):
        return Asked(Kind.SHARE, 0.7)
    pointer = _points_elsewhere(s.tokens, s.masks, s.text, setting)
    if pointer:
        return Asked(Kind.RELATED, pointer)
    labels = Says.ADVERTISEMENT | Says.RELATED | Says.HOUSE
    if first & Says.ADVERTISEMENT and count <= 3 and all(s.masks) and not s.every & ~labels:
        return Asked(Kind.ADVERTISEMENT, 0.55)
    asked = s.text.rstrip().endswith("?")
    if (
        s.every & Says.COMMENT
        and count <= 10
        and not asked
        and (s.opening in _COMMENT or s.opening in ("leave", "join"))
        and (s.opening != "comment" or s.second in _AFTER_COMMENT)  # French `comment` is `how`
    ):
        return Asked(Kind.COMMENT, 0.55)
    if s.every & Says.CONSENT and s.every & Says.READER and s.own and first & (Says.GO | Says.CONSENT):
        return Asked(Kind.CONSENT, 0.6)
    return None


_AFTER_COMMENT: Final = frozenset(["", "on", "below", "here", "now", "and", "or", "with", "in", "as"])
_MORE: Final = word_set("more mehr más mais plus altri altre meer więcej mer")
_MEHR: Final = word_set(
    "zu zum zur dazu infos informationen nachrichten news aus von lesen hier thema artikel"
)
"""What follows German `mehr` where it points to other texts."""
_FROM: Final = word_set("from von aus de da van z od från")
_LIKED: Final = word_set(
    "like interested enjoy interesar interessar interessare gustar interessieren gefallen aimer intéresser",
    "interesseren",
)


def _points_elsewhere(tokens: list[str], masks: list[int], text: str, setting: Setting) -> float:
    """How strongly a line announces further reading, 0 for not at all: `Read more:`, `You might also like`."""
    if tokens[0] == "à" and len(tokens) > 1:
        tokens, masks = tokens[1:], masks[1:]
    count = len(tokens)
    related = sum(1 for mask in masks[:6] if mask & Says.RELATED)
    short = count <= 6
    colon = ":" in text[: 40 if short else 30] or (count <= 12 and text.endswith(":"))
    linked = setting.link_share > 0.4
    offered = "read" in tokens[:6] or not _LIKED.isdisjoint(tokens[1:6]) or (short and "check" in tokens)
    if masks[0] & Says.READER and offered and "also" in tokens[:4] and (short or colon or linked):
        return 0.8
    if (
        tokens[0] in ("you", "vous", "te", "das", "le", "les", "ti")
        and tokens[1:2] != ["like"]
        and not _LIKED.isdisjoint(tokens[2:5])
        and (colon or linked or short)
    ):
        return 0.8
    if tokens[:2] in (["don", "t"], ["must", "read"], ["don’t", "miss"]) and colon and linked and count <= 16:
        return 0.7
    if tokens[0] in _MORE and tokens[1:2] and tokens[1] in _FROM and (linked or short):
        # `More from The Post`; of anything else only with a link.
        named = len(setting.house) > 3 and setting.house in "".join(tokens)
        if named or linked:
            return 0.85 if named and count <= 5 else 0.75 if named else 0.6
    if tokens[0] in _CLICKING and count <= 14:
        here = next((i for i, token in enumerate(tokens[1:4], 2) if token in _HERE), count)
        if not _MORE.isdisjoint(tokens[here : here + 4]):
            return 0.65
    if not masks[0] & Says.RELATED and not (masks[0] & Says.READER and related >= 1 and short):
        return 0.0
    besides = tokens[0] in _BESIDES and (tokens[0] != "mehr" or linked or not _MEHR.isdisjoint(tokens[1:3]))
    if besides and (colon or short) and (linked or short):
        return 0.75
    if related >= 2 and (short or colon or linked):
        return 0.6
    if colon and (linked or text.rstrip().endswith(":")) and (short or linked):
        return 0.55
    reads = (
        tokens[0] in ("read", "see") and setting.link_share > 0.85 and not text.rstrip().endswith((".", "?"))
    )
    return 0.45 if (setting.link_share > 0.8 and count <= 4) or (reads and count <= 20) else 0.0


def _leads_up(tokens: list[str], every: int, sentence: str) -> bool:
    """Whether a sentence is of the kind that a prompt begins or ends with: `Enjoying this story?`, `No spam, ever.`"""
    if '"' in sentence or "“" in sentence:
        return False
    if every & Says.SUBSCRIPTION and every & Says.READER and len(tokens) <= 30:
        return True
    if len(tokens) > 16:
        return False
    if sentence.rstrip().endswith("?"):
        return len(tokens) <= 9
    if sentence.rstrip().endswith(":"):
        return len(tokens) <= 6
    if every & (Says.NEWSLETTER | Says.APP | Says.SUBSCRIPTION | Says.COMMENT):
        return True
    told = Says.READER | Says.HOUSE | Says.OFFER | Says.GO | Says.SUBSCRIBE
    return len(tokens) <= 12 and (bool(every & told) or len(tokens) <= 3)

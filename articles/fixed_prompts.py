"""Prompts that have one form wherever they stand: `Already a subscriber? Log in`, `We use cookies`, `Share this:`.

What `prompts` tells from how verbs, offers and the paper's name agree, these tell by their form alone: a few words in
a fixed order, in nine languages, in a line that holds nothing else. Each form asks for a short line and for two words
that agree, so that sentences about logins, cookies and subscribers are left alone.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from articles.lexicon import Says
from articles.model import Kind
from articles.text import folded, word_set

_PIECE: Final = word_set(
    "this it story article post page artículo nota noticia artigo notícia texto artikel artikeln beitrag text cet",
    "l articolo notizia bericht artykuł tekst nyheten inlägg recipe episode content inhalt contenido contenu",
    "contenuto conteúdo suite",
)
_PASS_ON: Final = word_set(
    "share tweet teilen teile teilt comparte comparta compartir compartilhe partilhe partage partagez partager",
    "condividi deel delen udostępnij dela",
)
_FRIENDS: Final = word_set(
    "friend friends freund freunden freunde amigo amigos amis amici vrienden znajomym vänner colleague redes",
    "réseaux social sociales sociais sociali",
)
_LOG_IN: Final = word_set(
    "log login sign inicia inicie accede acceda ingresa ingrese entre entrar faça connectez connecte identifiez",
    "accedi inloggen zaloguj logga melden anmelden einloggen hier jetzt",
)
_MEMBERS: Final = word_set(
    "member mitglied miembro socio membro membre lid członkiem medlem subskrybentem registered"
)
_BECOME: Final = word_set(
    "become werden werde hazte hágase conviértete torne seja devenez diventa diventate word zostań bli"
)
_READ: Final = word_set(
    "read lesen lies lee lea leia lisez leggi leggere lees lezen czytaj läs enjoy unlimited sin sem sans senza",
    "zonder bez utan",
)
_ONLY: Final = word_set(
    "only exclusively exclusive nur ausschließlich solo sólo exclusivo somente apenas exclusivamente réservé",
    "réservée exclusif riservato riservata soltanto alleen exclusief tylko wyłącznie endast bara",
)
_CLICK: Final = word_set("click tap klicken klick haz haga clique cliquez clicca klik kliknij klicka")
_CONTINUE: Final = word_set(
    "continue continues keep weiterlesen seguir continuar continuer continuare verder dalej fortsätta"
)
_ACCESS: Final = word_set(
    "sesión sessão login log conta cuenta account konto compte anmelden einloggen connectez accedi zaloguj logga",
    "access acceso acesso accès accesso toegang zugang tillgång dostęp",
)
_READING: Final = word_set(
    "reading leyendo lendo läsa lecture lectura leitura lettura czytać lezen lire lesen"
)
_ON: Final = word_set("dalej vidare verder suite")
_PIECEWISE: Final = word_set(
    "compartilhe partilhe comparte comparta partagez condividi udostępnij deel dela teile teilt"
)
_GOES_ON: Final = word_set(
    "continues continue below after scroll continúa continua weiter unterhalb suite suit verder onder poniżej",
    "nedan efter",
)
_USES: Final = word_set(
    "we this our uses use using utiliza utilizamos usamos usa verwenden verwendet nutzen nutzt nous utilisons",
    "utilise wir diese este esta ce cette utilizziamo usiamo questo wij gebruiken deze używamy wykorzystujemy ta",
    "vi använder",
)
_VISITED: Final = word_set(
    "site website experience accept policy traffic seite webseite erfahrung akzeptieren sitio web experiencia",
    "aceptar navegación navegação experiência política expérience accepter navigation sito esperienza accetta",
    "ervaring strona stronie strony doświadczenia upplevelse webbplats webbplatsen",
)
_ACCEPT: Final = word_set(
    "accept accepted agree consent allow akzeptieren akzeptiert zustimmen stimmen stimme zugestimmt einwilligen",
    "aceptar acepta aceptas aceptado acepto aceitar aceita concorda concordo aceite accepter acceptez accepté",
    "acceptes accettare accetti accetta dichiari accepteren accepteer accepteert akkoord zaakceptuj akceptujesz",
    "zgodę godkänn godkänner",
)
_SHOWN: Final = word_set(
    "content post video view see inhalt inhalte anzeigen ansehen contenido ver mostrar visualizar conteúdo",
    "contenu voir visualiser afficher contenuto visualizzare vedere inhoud bekijken zien treść zobaczyć",
    "wyświetlić innehåll visa",
)
_TERMS: Final = word_set(
    "privacy terms datenschutzerklärung datenschutz nutzungsbedingungen agb privacidad condiciones privacidade",
    "termos confidentialité conditions informativa privacyverklaring voorwaarden regulamin prywatności",
    "integritetspolicy villkor",
)
_SIGNING: Final = word_set(
    "by signing subscribing registering mit durch al suscribirte registrarte ao cadastrar inscrever se en vous",
    "inscrivant proseguendo iscrivendoti door je klicken anmeldung zapisując rejestrując genom när",
)
_HERE: Final = frozenset(["here", "hier", "aquí", "aqui", "ici", "qui", "tutaj", "tu", "här"])
_LISTEN: Final = word_set(
    "listen hören höre escucha escuche ouça écoutez ascolta luister beluister słuchaj posłuchaj lyssna"
)


def fixed_prompt(
    tokens: list[str], every: int, text: str, *, own: bool, network: bool
) -> tuple[Kind, float] | None:
    """What a sentence of a fixed form asks for, and how strongly; `own`: it speaks of the paper, `network`: of one."""
    count, first = len(tokens), tokens[0]
    if count > 20:
        return None
    if first in _PASS_ON:
        if count <= 4 and first in _PIECEWISE and not _PIECE.isdisjoint(tokens[1:]):
            return Kind.SHARE, 0.6
        if count <= 3 and text.rstrip().endswith(":") and not _PIECE.isdisjoint(tokens):
            return Kind.SHARE, 0.75
        passed = network or not _FRIENDS.isdisjoint(tokens)
        if count <= 12 and passed and not _PIECE.isdisjoint(tokens[1:5]):
            return Kind.SHARE, 0.75
    buys = every & Says.SUBSCRIPTION or not _ACCESS.isdisjoint(tokens)
    if (every & Says.SUBSCRIBE or (buys and count <= 12)) and _reads_on(tokens):
        return Kind.PAYWALL, 0.8
    clicks = first in _CLICK and count <= 14 and not _HERE.isdisjoint(tokens[1:4])
    if clicks and every & Says.SUBSCRIBE:
        return Kind.SUBSCRIBE, 0.75
    about = bool(every & Says.SUBSCRIPTION) or not _MEMBERS.isdisjoint(tokens)
    if about and count <= 9 and not _PIECE.isdisjoint(tokens[:3]) and not _ONLY.isdisjoint(tokens):
        return Kind.PAYWALL, 0.75
    if about and first in _BECOME and count <= 14 and not _READ.isdisjoint(tokens[3:]):
        return Kind.SUBSCRIBE, 0.75
    goes_on = first in _PIECE or first in _GOES_ON
    if goes_on and every & Says.ADVERTISEMENT and count <= 7 and not _GOES_ON.isdisjoint(tokens):
        return Kind.ADVERTISEMENT, 0.9
    named = first in _USES and any(t.startswith("cookie") for t in tokens[:5])
    if named and every & Says.CONSENT and not _VISITED.isdisjoint(tokens):
        return Kind.CONSENT, 0.85
    accepts = not _ACCEPT.isdisjoint(tokens)
    if accepts and any(t.startswith("cookie") for t in tokens) and not _SHOWN.isdisjoint(tokens):
        return Kind.CONSENT, 0.8
    if accepts and not _TERMS.isdisjoint(tokens) and not _SIGNING.isdisjoint(tokens[:5]):
        return Kind.CONSENT, 0.8
    if first in _LISTEN and own and count <= 14 and ("podcast" in tokens or "podcasts" in tokens):
        return Kind.FOLLOW, 0.7
    return None


_SEE: Final = word_set(
    "écouter ascoltare escuchar ouvir écoutez relire revoir rivedi rileggi escucha ouça ascolta posłuchaj luister",
    "lee lea leé sigue siga ver vea mira mirá mire puedes puede conoce conozca entérate descubre leia ler veja",
    "saiba confira assista lire lisez voir découvrir découvrez lesen lies sehen siehe hören leggi leggete vedi",
    "guarda scopri lees bekijk kijk zie lezen czytaj przeczytaj zobacz obejrzyj läs se lyssna",
)
"""Orders, outside of English, to look at something else."""
_ALSO: Final = word_set(
    "también además más leyendo ver também ainda mais aussi également plus suite auch mehr hier weiter dazu anche",
    "più ancora ook meer verder także też również więcej också även mer vidare",
)
_BETWEEN: Final = word_set("sie à la di na ten temat sobre o assunto el tema le sul zum thema artikel")
_LABELS: Final = frozenset(
    {
        "te recomendamos", "te sugerimos", "no te pierdas", "no te lo pierdas", "nota relacionada", "entérate",
        "noticia relacionada", "noticias relacionadas", "también te puede interesar", "te puede interesar",
        "le puede interesar", "confira", "sur le même sujet", "pour aller plus loin", "passend dazu", "zum thema",
        "das könnte sie auch interessieren", "das könnte dich auch interessieren", "auch interessant", "approfondisci",
        "per approfondire", "per saperne di più", "potrebbe interessarti", "potrebbe interessarti anche",
        "ti potrebbe interessare", "ti potrebbe interessare anche", "ook interessant", "polecamy", "missa inte",
        "in case you missed it", "icymi", "must read", "up next", "en video", "en vídeo", "vídeo", "vídeos",
        "guarda il video",
        "fotogallery", "en images", "en vidéo", "a não perder", "para ampliar", "para saber más", "para saber mais",
        "mira el video", "vea el video", "bildergalerie", "fotostrecke", "im video", "bekijk de video", "zobacz wideo",
        "zobacz zdjęcia", "se video", "bildstrecke", "zum thema passt", "bildspel",
        "à écouter", "à voir", "à lire", "читайте также", "читайте ещё", "читайте також", "по теме", "lue myös",
        "čtěte také", "přečtěte si také", "čítajte tiež", "citește și", "διαβάστε επίσης", "ilgili haber", "les også",
        "læs også", "прочетете още", "اقرأ أيضا", "اقرأ أيضاً",
    }
)  # fmt: skip
_LABELLED: Final = re.compile(r"\W*([^:|>»–—]{3,45}?)\s*(?::|\||>{1,2}|»|\s[–—-])\s+\S")
OPENS_LABEL: Final = _SEE | frozenset(label.split()[0] for label in _LABELS)
"""Every label of further reading begins with one of these."""
MOST_HEADLINE: Final = 30
"""Words of the longest line that is a label and another story's headline."""


def further_reading(text: str, tokens: list[str], link_share: float) -> float:
    """How surely a line is a label of further reading and the headline it leads to, 0 for not at all.

    `Lea también: El alcalde renuncia`, `Czytaj też: ...`: an order to look and a word for `also` or `more`, or one of
    the labels that papers have for it. English is left to `sentences`: there they are text as often.
    """
    if not 3 <= len(tokens) <= MOST_HEADLINE:
        return 0.0
    match = _LABELLED.match(text)
    if match is None and _opens_with_label(text, tokens):
        return 0.8
    label = folded(match.group(1)) if match else tokens[:2] if link_share > 0.7 else []
    if not label or len(label) > 5 or len(label) == len(tokens):
        return 0.0
    if " ".join(label) in _LABELS:
        return 0.8
    looks = not _SEE.isdisjoint(label) and not _ALSO.isdisjoint(label)
    known = all(word in _SEE or word in _ALSO or word in _BETWEEN for word in label)
    return 0.8 if looks and known and len(label) > 1 else 0.0


_BARE_LABELS: Final = frozenset(
    {
        "à lire aussi", "à lire également", "lire aussi", "lee también", "lea también", "leia também", "leggi anche",
        "lees ook", "lesen sie auch", "czytaj też", "czytaj także", "czytaj również", "zobacz też", "zobacz także",
        "läs också", "läs även", "läs mer", "les også", "læs også", "читайте также", "читайте ещё", "читайте також",
        "lue myös", "čtěte také", "přečtěte si také", "čítajte tiež", "citește și", "διαβάστε επίσης", "olvassa el",
        "ayrıca oku", "прочетете още", "loe ka", "lasi arī", "skaityk ir", "اقرأ أيضا", "اقرأ أيضاً",
    }
)  # fmt: skip
"""Labels that stand before a headline without any mark between them."""


def _opens_with_label(text: str, tokens: list[str]) -> bool:
    """Whether a line is such a label and, from the next word on, what begins like a headline."""
    for count in (2, 3):
        if len(tokens) > count + 1 and " ".join(tokens[:count]) in _BARE_LABELS:
            following = text.split(maxsplit=count)
            return len(following) > count and not following[count][0].islower()
    return False


def _reads_on(tokens: list[str]) -> bool:
    """Whether `to continue reading` stands in it, or `to read on`."""
    near = [*pairwise(tokens), *zip(tokens, tokens[2:], strict=False)]  # `continuare la lettura`
    return any(
        (word in _CONTINUE and (after in _READ or after in _READING)) or (word in _READING and after in _ON)
        for word, after in near
    )


def asks_to_log_in(text: str, tokens: list[str], every: int) -> bool:
    """Whether a line asks subscribers, or members, to log in: a question, and the order that answers it."""
    if (
        len(tokens) > 14
        or "?" not in text
        or not (every & Says.SUBSCRIPTION or not _MEMBERS.isdisjoint(tokens))
    ):
        return False
    question, _, order = text.partition("?")
    said, told = folded(question), folded(order)
    return bool(told) and len(said) <= 6 and not _LOG_IN.isdisjoint(told[:2]) and len(told) <= 7

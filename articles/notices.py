"""Notices that papers print under their texts: who holds the rights, who earns by a link, who made the picture.

They ask the reader for nothing, so `prompts` cannot tell them; each has a form of its own, in nine languages. A notice
is in nobody's quoted words, and it is all that its sentence says.
"""

from __future__ import annotations

import re
from typing import Final

from articles.forms import Form, is_spoken
from articles.model import Kind
from articles.text import word_set

MAX_RIGHTS: Final = 60
"""Words of the longest notice of rights."""
MAX_CREDIT: Final = 14
"""Words of the longest line that only says who made a picture."""
SURE_CREDIT: Final = 8
"""Words up to which such a line says nothing else."""
MAX_CAPTION: Final = 45
"""Words of the longest caption that ends in a credit."""

_RIGHTS: Final = word_set(
    "c copyright copyrighted reserved vorbehalten derechos reservados réservés riservati riservata voorbehouden",
    "zastrzeżone reserverade förbehållna förbehålles",
)
"""One of these stands in every notice of rights without a © or (c)."""
_HOLDS: Final = re.compile(
    r"\W*(?:©|\(c\)\s*(?:\d{4}|\w[^.]{0,40}\d{4})|copyright\W{1,3}(?:©|\(c\)|\d{4}|by\b)|copyright\s[^.]{0,40}\d{4})"
    r"|[^.]{0,200}?(?:all rights reserved|alle rechte vorbehalten|derechos reservados|direitos reservados"
    r"|reservados todos los derechos|droits réservés|diritti riservati"
    r"|rechten voorbehouden|prawa zastrzeżone|rättigheter (?:reserverade|förbehåll)"
    r"|riproduzione riservata|copyrighted property of)",
    re.IGNORECASE,
)
_MADE: Final = re.compile(
    r"\W*(?:(?:beitrags|titel|aufmacher|symbol|vorschau|header|teaser|artikel)(?:bild|foto)(?:er|s)?"
    r"|bild(?:er|quelle|nachweis|rechte)|fotos?|photos?|fot|pictures?|images?|featured image|cover photo"
    r"|crédits?(?: photos?)?|imagen|imagem|immagine|zdjęci[ea]|grafik)"
    r"(?: credits?| crédit| source| courtesy)?\s?[:©/]\s?\S",
    re.IGNORECASE,
)
_ENDS_IN_CREDIT: Final = re.compile(
    r"[.,!?…)–—|-]\s*\(?(?:Fotos?|Photos?|FOTOS?|PHOTOS?|Bild(?:er)?|Images?|Pictures?|Imagen|Crédits?|Credits?|Immagine"
    r"|Zdjęcie|Fot\.)(?: [Cc]redits?| [Cc]ourtesy| by)?\s?[:©/]\s?(?:©\s?)?[A-ZÀ-Ž][^.:!?$|=]{2,70}\)?\.?$"
)
_ROLES: Final = re.compile(
    r"(?:(?:photo(?:graph(?:er|y))?|fashion|hair|make-?up|market|prop|set|styling|set design|line|creative|casting)\s"
    r"(?:and\s(?:make-?up|hair)\s)?)?"
    r"(?:photograph(?:er|y|ed by)|stylists?|styling(?:\sassistant)?|make-?up(?:\s(?:artist|assistant))?|hair|manicurist"
    r"|set designer|line producer|producer|casting director|grooming|retouching|fotografie|fotografía|fotografia)"
    r"(?:\sassistant)?\s?:\s[^\W\d_]",
    re.IGNORECASE,
)
"""What people of a photo shoot did, before their name."""

_COMMISSION: Final = word_set(
    "commission commissions affiliate affiliates partnerlinks affiliatelinks comisión comisiones afiliado",
    "afiliados comissão comissões commissione commissioni affiliati affilié affiliés affiliation commissie",
    "afiliacyjne prowizję prowizja prowizji",
)
_PAID: Final = word_set(
    "compensation compensated provision provisionen provisie vergütung ersättning dinero ingresos percentagem money",
    "geld argent denaro soldi",
)
"""What is said of commissions too, and of much else: such a sentence must speak of links."""
_BY_LINK: Final = word_set(
    "link links click clicks klick klickst klicken enlace enlaces lien liens linki linków länk länkar ligações",
)
_BOUGHT: Final = word_set(
    "buy buying purchase purchases purchasing product products shop kauf kaufst kaufen käufe einkauf produkt",
    "produkte verkäufe verkäufen compra compras comprar producto productos achat achats achetez produits prodotti",
    "acquisto acquisti acquistare aankoop aankopen koopt zakup zakupu zakupy köp köper produtos booking",
)
_WE_EARN: Final = word_set(
    "riceviamo guadagniamo potremmo possiamo recibimos ganamos podemos recebemos ganhamos otrzymujemy zarabiamy",
)
"""Verbs that say `we` by their form."""
_HOLDING: Final = word_set(
    "contains contain enthält enthalten contiene contém contient bevat zawiera innehåller includes",
)


_PIECE: Final = word_set(
    "this article story post report text dieser diese dieses artikel beitrag inhalt este esta artículo nota",
    "contenido reportaje obra artigo reportagem conteúdo matéria cet cette contenu questo questa articolo",
    "contenuto dit deze bericht inhoud ten artykuł treść denna artikeln innehåll contenidos contents",
)
_THIS: Final = word_set(
    "this dieser diese dieses dies este esta esto cet cette ceci questo questa dit deze ten ta denna detta"
)
_TEXT: Final = word_set(
    "article story post report text artikel beitrag inhalt artículo nota contenido reportaje obra artigo reportagem",
    "conteúdo matéria contenu articolo contenuto bericht inhoud artykuł treść artikeln innehåll contenidos contents",
)
_VIEWS: Final = word_set(
    "views opinions meinung meinungen ansichten opiniones opiniões opinions propos opinioni meningen opinie åsikter",
    "opinión opinião gastbeiträge opinion view avis standpunten poglądy",
)
_NOT_ALWAYS: Final = word_set(
    "necessarily unbedingt notwendigerweise necesariamente necessariamente nécessairement noodzakelijk niekoniecznie",
    "nödvändigtvis zwangsläufig noodzakelijkerwijs",
)
_REFLECT: Final = word_set(
    "reflect represent those wieder entsprechen widerspiegeln refleja reflejan representa reflete refletem",
    "representam reflètent engagent riflettono rappresentano weerspiegelen weer odzwierciedlają återspeglar",
    "redaktion coinciden",
)
_LICENCE: Final = word_set("lizenz license licence licencia licença licenza licentie licencji licensen")
_CC: Final = frozenset(["cc"])
_MACHINES: Final = word_set("ai ki ia sztucznej künstlicher artificial artificielle artificiale kunstmatige")
_TRAINING: Final = word_set(
    "train training trainieren entrenar entrenamiento treino treinamento treinar entraîner entraînement addestrare",
    "addestramento trainen trenowania träna",
)
_REFUSED: Final = word_set(
    "prohibited forbidden permission untersagt verboten prohibido prohibida proibida vedada vedado proibido",
    "interdite interdit vietato vietata verboden zabronione förbjudet reserved vorbehalten",
)
_REPRINT: Final = word_set(
    "reprint reprints reprinting republish republishing syndicate license nachdrucken abdrucken",
    "reproducir republicar reproduzir reproduire republier ripubblicare riprodurre overnemen herpubliceren",
    "przedrukować publicera",
)
_ASK: Final = word_set(
    "contact order request write wenden kontaktieren schreiben escriba contacte escreva contactez écrivez contatta",
    "contattare scrivere neem skontaktuj kontakta click klicken desk email mail licensing syndication",
)
_TRANSLATED: Final = word_set(
    "translated translation übersetzt übersetzung traducido traducción traduzido tradução traduit traduction",
    "tradotto traduzione vertaald vertaling przetłumaczone tłumaczenie översatt generated generiert erstellt",
    "generado gerado",
)
_BY_MACHINE: Final = word_set(
    "automatically automatisch automáticamente automaticamente automatiquement automatycznie automatiskt machine",
    "maschinelle maschinell ki ai ia automática automatique automatica",
)
_NEWSROOM: Final = word_set(
    "newsroom editorial redaktion redaktionell redacción redação rédaction redazione redactie redakcja redaktionen"
)
_NO_PART: Final = word_set(
    "involved involve beteiligt participado participou participé partecipato betrokken udziału medverkat",
    "verantwortlich",
)
_DENIED: Final = word_set("not no nicht keine não n pas non niet nie inte did")
FORMS: Final = (
    Form(Kind.CREDIT, 0.8, 45, (_NOT_ALWAYS, _VIEWS, _REFLECT)),
    Form(Kind.CREDIT, 0.75, 20, (_LICENCE, _CC, _PIECE)),
    Form(Kind.CREDIT, 0.8, 40, (_TRAINING, _MACHINES, _REFUSED)),
    Form(Kind.CREDIT, 0.75, 20, (_REPRINT, _TEXT, _ASK)),
    Form(Kind.CREDIT, 0.7, 32, (_TRANSLATED, _BY_MACHINE, _PIECE), opens=_THIS),
    Form(Kind.ADVERTISEMENT, 0.75, 32, (_NO_PART, _NEWSROOM, _DENIED)),
)

KEYS: Final = _RIGHTS - {"c"}
"""One of these stands in every notice of rights without a © or (c)."""


def notice(text: str, tokens: list[str]) -> tuple[Kind, float, str] | None:
    """The kind of notice that a whole line is, how surely (0 to 1), and why; None: it is none."""
    count = len(tokens)
    of_rights = count <= MAX_RIGHTS and ("©" in text or not _RIGHTS.isdisjoint(tokens))
    if of_rights and _HOLDS.match(text) and not is_spoken(text):
        return Kind.CREDIT, 0.85, "says who holds the rights"
    if count <= MAX_CREDIT and _MADE.match(text) and not is_spoken(text):
        return Kind.CREDIT, 0.8 if count <= SURE_CREDIT else 0.65, "names who made a picture"
    if count <= SURE_CREDIT and _ROLES.match(text):
        return Kind.CREDIT, 0.65, "names who worked on the pictures"
    if count <= MAX_CAPTION and _ENDS_IN_CREDIT.search(text):
        return Kind.CAPTION, 0.8, "ends in the credit of a picture"
    return None


def earns(tokens: list[str], *, own: bool) -> float:
    """How surely a sentence says that its paper earns by what readers buy, 0: not; `own`: it speaks of itself."""
    if _BY_LINK.isdisjoint(tokens) and (_COMMISSION.isdisjoint(tokens) or _BOUGHT.isdisjoint(tokens)):
        return 0.0
    if _COMMISSION.isdisjoint(tokens) and _PAID.isdisjoint(tokens):
        return 0.0
    own = own or not _WE_EARN.isdisjoint(tokens)
    return 0.9 if own else 0.75 if not _HOLDING.isdisjoint(tokens) and len(tokens) <= 20 else 0.0

"""Prompts that no order gives away, told by groups of words that only meet in them.

`Only 3 € a month, cancel any time`, `We are also on Telegram`, `One of your 3 free articles this month`: each form asks
for a word of each of its groups, in one short block that quotes nobody. The groups hold nine languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from articles.lexicon import Says, says
from articles.model import Kind
from articles.text import word_set

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Form:
    """A prompt: its kind, how surely it is one (0 to 1), its most words, and the groups of which it has a word each."""

    kind: Kind
    score: float
    most: int
    groups: tuple[Words, ...]
    to_reader: bool = False
    """Speaks to the reader besides."""


_FREE: Final = word_set(
    "free gratis gratuit gratuits gratuite gratuites gratuito gratuitos gratuita gratuitas gratuiti kostenlos",
    "kostenlose kostenlosen kostenfreie freie freien darmowych bezpłatnych darmowe darmowy",
)
_PIECES: Final = word_set(
    "articles article stories artículos notas artigos matérias articoli artikel artikelen artykułów artykuły",
    "artiklar",
)
_LIMIT: Final = word_set(
    "limit limite límite left remaining reached atingiu alcanzado atteint raggiunto übrig verbleibend restan",
    "restam month mes mês mese mois monat maand miesiącu miesiąc månad månaden leyendo leggendo leyó",
)
_ACTIVATE: Final = word_set(
    "activate enable activa active activez activá attiva aktivieren aktiviere aktivér aktivera ative ativa włącz",
    "zet turn schalte einschalten",
)
_NOTICES: Final = word_set(
    "notifications alerts notificaciones alertas notificações alertes notifiche benachrichtigungen",
    "pushnachrichten meldingen powiadomienia notiser aviseringar campanita sininho campanella glocke",
)
_ARE: Final = word_set(
    "estamos est sommes siamo trovi trovate sind zijn jesteśmy finns are re find encuéntranos"
)
_TOO: Final = word_set(
    "también também aussi anche pure auch ook też także również också also too ahora agora jetzt nu"
)
_NETWORKS: Final = word_set(
    "facebook twitter instagram whatsapp telegram linkedin youtube tiktok pinterest threads bluesky mastodon x",
)
_OPENS: Final = word_set("we nous on ci wir wij ook también também estamos siamo jesteśmy vi also find auch")
_UNSUBSCRIBE: Final = word_set(
    "unsubscribe désinscrire désabonner cancellarti disiscriverti abmelden abmeldung abbestellen darte cancelar",
    "afmelden uitschrijven wypisać zrezygnować avregistrera avsluta cancelarla",
)
_ANY_TIME: Final = word_set("time moment quando jederzeit momento moment chwili helst wanneer cuando")
_MAILBOX: Final = word_set(
    "inbox mailbox postfach posteingang correo boîte messagerie casella caixa skrzynkę skrzynki inkorg mejlkorg",
)
_EVERY: Final = word_set(
    "every daily weekly morning jeden täglich wöchentlich montag freitag sonntag cada diario semanal domingos",
    "mañana manhã sextas chaque matin vendredi lundi ogni mattina settimana elke dagelijks wekelijks codziennie",
    "każdy każdego rano varje dag vecka",
)
_PER_MONTH: Final = re.compile(
    r"(?:[€£$]|\beuros?\b|\bR\$|\bzł\b|\bkr\b|\bfr\.)[^.!?]{0,14}"
    r"\b(?:al mes|por mes|por mês|ao mês|par mois|al mese|pro monat|im monat|per month|a month|/month|per maand"
    r"|miesięcznie|i månaden|/mes|/mês|/mois|/monat|le premier mois|el primer mes|pierwszy miesiąc)\b",
    re.IGNORECASE,
)
_CANCEL: Final = word_set(
    "cancel cancela cancele kündbar kündigen résiliable engagement permanencia fidelização disdici opzegbaar súmate",
)
_OFFER: Final = word_set(
    "oferta offer angebot offre offerta aanbieding promocja erbjudande sonderangebot aktion promo"
)
_FORMS: Final = (
    Form(Kind.PAYWALL, 0.8, 20, (_FREE, _PIECES, _LIMIT)),
    Form(Kind.APP, 0.75, 25, (_ACTIVATE, _NOTICES)),
    Form(Kind.FOLLOW, 0.75, 20, (_ARE, _TOO, _NETWORKS, _OPENS)),
    Form(Kind.NEWSLETTER, 0.75, 20, (_UNSUBSCRIBE, _ANY_TIME)),
    Form(Kind.NEWSLETTER, 0.7, 30, (_MAILBOX, _EVERY), to_reader=True),
)
MOST_PRICED: Final = 40
"""Words of the longest offer that names a price."""


def offer(text: str, tokens: list[str]) -> tuple[Kind, float] | None:
    """The kind of prompt that a block is by one of these forms, and how surely (0 to 1); None: by none of them."""
    if not 3 <= len(tokens) <= MOST_PRICED or any(mark in text for mark in '"“”„«»'):
        return None
    words = set(tokens)
    for form in _FORMS:
        if len(tokens) > form.most or any(words.isdisjoint(group) for group in form.groups):
            continue
        if not form.to_reader or any(says(word) & Says.READER for word in words):
            return form.kind, form.score
    bargain = not words.isdisjoint(_CANCEL) or not _OFFER.isdisjoint(tokens[:2])
    if bargain and _PER_MONTH.search(text):
        return Kind.SUBSCRIBE, 0.75
    return None

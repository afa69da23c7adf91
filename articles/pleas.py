"""Pleas of a paper for its own upkeep: a block of a few sentences, of which none need ask by itself.

`We believe that a free press matters. Not everyone can afford to pay. Your contribution helps our newsroom`: what gives
such a block away is that it speaks of four things at once, in whatever order: of journalism, of money and who gives it,
of the paper itself, and to its readers. A report about another paper's money lacks the last two.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from articles.lexicon import Says, says
from articles.text import word_set

_PRESS: Final = word_set(
    "journalism newsroom reporting news journalists journalist journalistic press reporters coverage",
    "investigations journalismus redaktion berichterstattung journalistinnen journalisten recherchen recherche",
    "periodismo redacción periodistas jornalismo redação jornalistas reportagens journalisme rédaction",
    "journalistes enquêtes giornalismo redazione giornalisti inchieste journalistiek redactie dziennikarstwo",
    "redakcja redakcji dziennikarze dziennikarzy journalistik redaktionen granskningar journalistiken magazin",
    "magazine readers leser leserinnen leserschaft lectores leitores lecteurs lectrices lettori lezers",
    "czytelników läsare",
)
_WORK: Final = word_set(
    "work stories articles reports site arbeit texte artikel berichte beiträge trabajo trabalho travail lavoro",
    "werk verhalen pracę praca teksty arbete texter textos textes articoli",
)
"""What follows `our`."""
_GIFTS: Final = word_set(
    "donate donation donations donating contribution contributions contribute contributing fund funded funding",
    "giving gift support supporting supporter supporters member members membership spende spenden bezahlschranke",
    "finanzieren finanziert finanzierung mitglied mitglieder mitgliedschaft unterstützen unterstützt",
    "unterstützung unterstütze donar donación donaciones donativo aportación aporte suscriptores socios socio",
    "apoyo apoya apoyar apóyanos financiación financia doar doação doações contribuição contribuições assinantes",
    "apoio apoie apoiar apoiadores financiado dons donateurs abonnés adhérents soutien soutenez soutenir",
    "financement donazione donazioni contributo contributi sostegno sostieni sostenere sostenitori abbonati",
    "donatie donaties bijdrage lid leden steun steunen abonnees darowizna darowizny darowizn wpłata wpłaty",
    "wsparcie wesprzyj wspierać składki gåva gåvor bidrag medlem medlemmar stöd stödja stötta prenumeranter",
)
_MONEY: Final = word_set(
    "afford pay paying paywall paywalls free subscribers subscriber subscription subscriptions little kostenlos",
    "kostenlose kostenfrei frei freiwillige bezahlen zahlen abo abos geld gratuito gratuita gratis pagar",
    "suscripción muro assinatura gratuit gratuite payer abonnement abbonamento pagare betalen betaalmuur",
    "bezpłatnie bezpłatny płacić betala betalvägg",
)
_JOURNALISM: Final = (
    "journalis",
    "periodis",
    "jornalis",
    "giornalis",
    "dziennikarst",
    "newsroom",
    "redaktion",
)
KEYS: Final = frozenset(word for word in _PRESS if word.startswith(_JOURNALISM))
"""One of these stands in nearly every plea that no other word of a prompt gives away."""
MOST_WORDS: Final = 75
FEW_WORDS: Final = 35
"""Words of the longest plea that speaks of money but twice."""
LEAST_WORDS: Final = 8


def pleads(tokens: list[str], house: str) -> float:
    """How surely a block pleads for the paper itself, 0 for not at all; `house`: its name as one word."""
    if not LEAST_WORDS <= len(tokens) <= MOST_WORDS:
        return 0.0
    words = set(tokens)
    gifts = len(words & _GIFTS)
    money = gifts + len(words & _MONEY)
    if money < 2:
        return 0.0
    meanings = 0
    for word in words:
        meanings |= says(word)
    named = len(house) > 3 and house in "".join(tokens)
    if not meanings & Says.HOUSE or not (gifts or (named and any(w.startswith(_JOURNALISM) for w in words))):
        return 0.0
    of_press = not words.isdisjoint(_PRESS)
    if not of_press and not any(b in _WORK and says(a) & Says.HOUSE for a, b in pairwise(tokens)):
        return 0.0
    if not (named or of_press or meanings & Says.READER):
        return 0.0
    if money > 2 or (named and gifts):
        return 0.85
    return 0.7 if len(tokens) <= FEW_WORDS or named else 0.0

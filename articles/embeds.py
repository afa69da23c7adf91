"""What stands in the place of a video, a post or a map until the reader agrees to load it, and the buttons beside it.

`To show this post we need your consent`, `Externer Inhalt nicht verfügbar`, `We and our 842 partners store data on your
device`. Reports on cookies and consent speak of others' consent, and load nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from articles.forms import Form
from articles.lexicon import Says, says
from articles.model import Kind
from articles.text import word_set

MOST_WORDS: Final = 45

_EMBEDDED: Final = word_set(
    "content contents video videos player tweet tweets post posts map chart element embed inhalt inhalte inhalten",
    "karte grafik beitrag contenido contenidos tuit publicación mapa gráfico conteúdo publicação contenu contenus",
    "vidéo carte graphique contenuto contenuti mappa grafico inhoud kaart treść treści wykres film innehåll karta",
    "inlägg graphic",
    "kartan inlägget materiał",
)
_LOADED: Final = word_set(
    "show shown view see watch load loaded display displayed available unavailable anzeigen angezeigt ansehen",
    "laden geladen dargestellt nachgeladen verfügbar mostrar ver verlo visualizar reproducir cargar disponible",
    "exibir exibido carregado disponível afficher affiché voir visualiser charger mostrare visualizzare vedere",
    "caricare disponibile tonen weergeven bekijken beschikbaar zobaczyć wyświetlić załadować dostępna dostępny",
    "visa visas tillgängligt exibi carregar lire aktivieren activate activar attivare activer activeren aktivera",
    "weergegeven ladda laddas",
)
_CONSENT: Final = word_set(
    "consent permission consentimiento consentimento consentement consenso toestemming zgody zgodę zgoda samtycke",
    "zustimmung einwilligung privacy privatsphäre datenschutzeinstellungen privacidad privacidade confidentialité",
    "cookie cookies settings preferences preferencias preferências préférences preferenze einstellungen voorkeuren",
    "ustawienia inställningar akzeptieren",
    "instellingen",
)
_OUTSIDE: Final = word_set(
    "external externer externe externen externo externos esterno esterni esterna extern externes externa zewnętrzna",
    "zewnętrzne drittanbieter third",
)
_SCRIPT: Final = frozenset(["javascript"])
_SWITCH_ON: Final = word_set(
    "enable enabled aktivieren aktiviert einschalten activar activa habilita habilitar ative ativar activer activez",
    "abilitare attiva attivare inschakelen włącz aktivera activeren",
    "aktiverat ingeschakeld włączony",
)
_PARTNERS: Final = word_set(
    "partners partner socios parceiros partenaires partnern partnerzy partnerami leveranciers"
)
_DEVICE: Final = word_set(
    "device dispositivo gerät geräten endgerät appareil terminal apparaat urządzeniu enhet informationen"
)
_STORE: Final = word_set(
    "store access almacenamos accedemos almacenan speichern greifen zugreifen armazenamos acedemos acessamos",
    "stockons accédons stocker archiviamo memorizziamo accediamo opslaan bewaren przechowujemy lagrar använder",
)
_ACCEPT: Final = word_set(
    "accept acepta aceptar aceite aceitar akzeptieren acceptez accepter accetta accettare accepteer accepteren",
    "zaakceptuj akceptuj godkänn acepto zustimmen",
)
_WITHOUT_ADS: Final = word_set(
    "advertising ads publicidad publicidade werbung publicité pubblicità advertenties reklam annonser suscríbete",
    "assine abonnieren abo abonnez abbonati abonneer prenumerera subscribe",
)
_COOKIES: Final = frozenset(["cookies", "cookie"])
FORMS: Final = (
    Form(Kind.CONSENT, 0.85, 45, (_DEVICE, _STORE, _PARTNERS)),
    Form(Kind.CONSENT, 0.75, 25, (_SCRIPT, _SWITCH_ON)),
    Form(Kind.CONSENT, 0.75, 12, (_COOKIES, _ACCEPT, _WITHOUT_ADS)),
)

KEYS: Final = _OUTSIDE | _CONSENT
"""One of these stands in every block that `stands_for_embed` tells."""


def stands_for_embed(tokens: list[str]) -> tuple[Kind, float] | None:
    """That a block stands for content not loaded, and how surely (0 to 1); None: it does not."""
    if len(tokens) > MOST_WORDS:
        return None
    if _EMBEDDED.isdisjoint(tokens):
        return None
    outside = any(
        (a in _OUTSIDE and b in _EMBEDDED) or (a in _EMBEDDED and b in _OUTSIDE) for a, b in pairwise(tokens)
    )
    if outside and (len(tokens) <= 6 or (not _LOADED.isdisjoint(tokens) and len(tokens) <= 30)):
        return Kind.CONSENT, 0.75
    if _LOADED.isdisjoint(tokens) or _CONSENT.isdisjoint(tokens):
        return None
    yours = any(_is_reader(a) and b in _CONSENT for a, b in pairwise(tokens))
    spoken_to = not _COOKIES.isdisjoint(tokens) and any(map(_is_reader, tokens))
    return (Kind.CONSENT, 0.8) if yours or spoken_to else None


def _is_reader(word: str) -> bool:
    return bool(says(word) & Says.READER) or word in _YOURS


_YOURS: Final = word_set("ihrer ihres deiner eurer seus suas sus")
"""Forms that `lexicon` does not list."""

"""Lines that are made of nothing but the words of a page's furniture: `Compartir en WhatsApp`, `Les plus lus`.

Such a line needs no order and no offer to be told: all its words are ones that labels and buttons are made of, in nine
languages, and at least one of them says what the label is for. A heading or a sentence of a report has others.
"""

from __future__ import annotations

from typing import Final

from articles.model import Kind
from articles.text import word_set

MOST_WORDS: Final = 7

_FOR: Final[dict[Kind, frozenset[str]]] = {
    Kind.SHARE: word_set(
        "share sharing compartir comparte compartilhar compartilhe partilhar partilhe partager partagez condividi",
        "condividere teilen delen deel udostępnij dela print imprimir imprimer imprima stampa stampare drucken",
        "printen drukuj copy copiar copia copier kopieren kopiuj kopiera enviar envie envoyer invia senden",
        "versturen wyślij tweet tweeten twittern pinnen mailen posten versenden merken shares leseliste copiado",
        "tweeter tweetear tweetar twitta udostępniaj kopiert copié copiato gekopieerd skopiowano kopierad opslaan",
        "bewaren",
    ),
    Kind.RELATED: word_set(
        "related relacionado relacionados relacionada relacionadas correlati correlate liés verwandte gerelateerd",
        "gerelateerde powiązane relaterade relaterat leído leídas leídos vistos lidas lidos lus letti gelesen",
        "meistgelesen meistgelesene gelezen czytane läst lästa popular beliebt trending populares populärt",
        "recommended empfohlen recommandé consigliati aanbevolen polecane rekommenderat également rubrique relire",
        "revoir approfondimenti recomendado recomendados recomendamos recommandés consigliato aanraders",
        "weiterlesen",
    ),
    Kind.ADVERTISEMENT: word_set(
        "paid advertisement sponsored patrocinado patrocinada patrocinados sponsorizzato sponsorizzati sponsorisé",
        "gesponsert gesponsord gesponsorde sponsorowany sponsorowane sponsrad publicidad publicidade publicité",
        "pubblicità werbung anzeige advertentie reklama annons promoted promocionado branded publieditorial",
        "anzeigensonderveröffentlichung publicitario publicitário entgeltliche einschaltung werbeanzeige",
        "advertise anuncie anúncios anuncios inserat inserieren reclame artykułu reklamowy annonssamarbete pub",
        "advertorial publirreportaje publireportagem publireportage pubbliredazionale",
    ),
    Kind.PAYWALL: word_set(
        "subscribers suscriptores assinantes abonnés abbonati abonnenten abonnees subskrybentów prenumeranter",
        "premium",
    ),
    Kind.COMMENT: word_set(
        "conversation comments comentarios comentários commentaires commenti kommentare reacties",
        "fehler errore erreur erro fout błąd fel mistake error kommentar comentario comentário commentaire commento",
        "komentarz reactie",
        "komentarze kommentarer comentar commenter commentare kommentieren reageren",
    ),
    Kind.APP: word_set(
        "listen escuchar escucha escúchalo ouvir ouça oiça écouter écoutez ascolta ascoltare anhören vorlesen",
        "luister luisteren posłuchaj lyssna hören",
    ),
    Kind.CONSENT: word_set(
        "accept aceptar aceitar accepter accetta akzeptieren accepteren zaakceptuj godkänn reject rechazar",
        "rejeitar refuser rifiuta ablehnen weigeren odrzuć avvisa manage gestionar gerenciar gérer gestisci",
        "verwalten beheren zarządzaj hantera configurar preferencias preferências",
        "préférences preferenze voorkeuren datenschutzeinstellungen einwilligen",
        "zustimmen allow permitir autoriser erlauben consenti toestaan zezwól tillåt external externer externo",
        "externe esterno zewnętrzna extern bloqueado blockiert bloccato bloqué geblokkeerd zablokowana blockerat",
        "configure cookie accepte accettare weitersurfen",
    ),
    Kind.NEWSLETTER: word_set("newsletter newsletters boletín boletim nieuwsbrief nyhetsbrev newslettera"),
}
_WHAT: Final = word_set(
    "content join this article story post page link news audio el la lo los las este esta un una artículo nota",
    "noticia contenido enlace más de por en con para al y o a os as um uma no na do da e artigo notícia matéria",
    "conteúdo mais é le les l du des cet cette d et à aux au sur par lien contenu plus il i gli questo questa",
    "articolo articoli notizia di del della contenuto più der die das den dieser diesen dieses artikel beitrag",
    "inhalt im von zum zur auf per als für meist am meisten het dit deze artikelen bericht inhoud van op voor met",
    "meest ten ta to artykuł artykuły treść w z najczęściej dla det denna artikeln artiklar innehåll på till mest",
    "och som the all your of on in via by for our most also only nur solo sólo somente apenas exclusivo exclusiva",
    "réservé réservés riservato alleen tylko bara endast continue continues continúa continua abajo abaixo sotto",
    "below suite après después depois dopo unten weiter nach onder verder poniżej dalej nedan efter facebook",
    "twitter x whatsapp telegram linkedin email mail pinterest reddit bluesky threads messenger correo courriel",
    "sms amigo amigos ami amico freund vriend min minuto minutos minuti minuten minutes closed cerrados fechados",
    "fermés chiusi disabilitati geschlossen gesloten ver view leggi lire see alle tous tutti todos todas",
    "wszystkie alla tab setzen copied report reportar denunciar denuncia melden signaler segnala segnalare meld",
    "zgłoś rapportera anzeigen gefunden found gevonden trouvé trovato jetzt now ahora agora maintenant adesso",
    "teraz nu schreiben write escribir escrever écrire scrivere napisz schrijven skriv us here aqui aquí ici qui",
    "hier tutaj här schalten remover te si ti você noticias notícias nachrichten actualités notizie nieuws",
    "wiadomości nyheter cookies privacy settings einstellungen ustawienia inställningar verfügbar nicht available",
    "not disponible disponível todo tutto tout alles wszystko youtube espacio aviso informe bezahlte",
    "partnerschaft partnership und and seguir siehe tu tus mis oglas marca marque sponsor partner stop open opens",
    "window new sans sin sem senza ohne zonder bez utan policy même dans anche ook auch także też também también",
    "suivre segui theme thème",
)


_OF_CONTENTS: Final = frozenset(
    {
        "in this article", "in this story", "in this post", "in this guide", "in diesem artikel", "in diesem beitrag",
        "en este artículo", "en esta nota", "neste artigo", "dans cet article", "in questo articolo", "in dit artikel",
        "w tym artykule", "i den här artikeln", "inhaltsverzeichnis",
    }
)  # fmt: skip
"""Headings of a list of the text's own headings."""


def label(tokens: list[str]) -> tuple[Kind, float] | None:
    """What a line of nothing but label words is for, and how surely (0 to 1); None: it has other words."""
    if not tokens or len(tokens) > MOST_WORDS:
        return None
    if " ".join(tokens) in _OF_CONTENTS:
        return Kind.NAVIGATION, 0.65
    found: Kind | None = None
    for token in tokens:
        kind = _KIND_OF.get(token)
        if kind is not None:
            found = found or kind
        elif token not in _WHAT and not token.isdigit():
            return None
    several = sum(not token.isdigit() for token in tokens) > 1
    if found is None:
        return None
    # A heading may be one such word, but `Advertisement` heads nothing; `pub` is a public house too.
    alone = 0.7 if found is Kind.ADVERTISEMENT and len(tokens[0]) > 3 else 0.6
    return found, 0.75 if several else alone


KEYS: Final = frozenset[str]().union(*_FOR.values()) | frozenset(
    max(h.split(), key=len) for h in _OF_CONTENTS
)
"""One of these stands in every label."""
_KIND_OF: Final = {word: kind for kind, words in reversed(_FOR.items()) for word in words}

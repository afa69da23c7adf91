"""Lines that are made of nothing but the words of a page's furniture: `Compartir en WhatsApp`, `Les plus lus`.

Such a line needs no order and no offer to be told: all its words are ones that labels and buttons are made of, in nine
languages, and at least one of them says what the label is for. A heading or a sentence of a report has others. What
buttons and lists are called the world over is known as a whole: `Keep reading`, `Meistgelesen`.
"""

from __future__ import annotations

import re
from typing import Final

from articles.model import Kind
from articles.text import word_set

_MOST_WORDS: Final = 7

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
_LINES: Final = {
    Kind.NAVIGATION: """
        read more | read full story | read full article |
        read the full story | read the full article | read full review | read the full review | read article |
        continue reading | keep reading | show more | load more | view more | see more | see all | view all |
        back to top | next page | previous page | next article | previous article | next post | previous post |
        next story | previous story | up next | watch now | listen now | play video | watch video | learn more |
        find out more | jump to recipe | jump to video | jump to recipe jump to video | skip to content |
        skip to main content | skip past newsletter promotion | after newsletter promotion | skip advertisement |
        leer más | ver más | seguir leyendo | continuar leyendo | mostrar más | ver todo | ver todos | saber más |
        volver arriba | artículo siguiente | artículo anterior | leia mais | ler mais | ver mais | continuar lendo |
        continue lendo | continuar a ler | saiba mais | ver tudo | voltar ao topo | mostrar mais | weiterlesen |
        mehr lesen | mehr anzeigen | mehr erfahren | alle anzeigen | nach oben | zum seitenanfang | nächster artikel |
        vorheriger artikel | zum artikel | zur startseite | artikel lesen | ganzen artikel lesen | lire la suite |
        lire plus | voir plus | en savoir plus | afficher plus | tout voir | voir tout | haut de page |
        retour en haut | article suivant | article précédent | leggi tutto | leggi di più | continua a leggere |
        mostra altro | vedi tutti | scopri di più | torna su | articolo successivo | articolo precedente |
        lees meer | lees verder | verder lezen | meer lezen | toon meer | bekijk alles | volgend artikel |
        vorig artikel | naar boven | czytaj więcej | czytaj dalej | pokaż więcej | zobacz więcej |
        zobacz wszystkie | dowiedz się więcej | następny artykuł | poprzedni artykuł | läs mer | läs vidare |
        visa mer | visa alla | nästa artikel | föregående artikel | till toppen | les mer | læs mere
        """,
    Kind.RELATED: """
        most read | most viewed | most popular | latest news | latest stories | latest posts | latest articles |
        more news | more stories | more like this | top stories | trending stories | trending now | trending topics |
        editors picks | editor s picks | editor s pick | editors pick | editors picks | editor s choice |
        what to read next | read next | more on this topic | more on this story | more from this author |
        more stories from this author | related stories | related articles | related content | related topics |
        related posts | related news | you may also like | you might also like | don t miss | must read | must reads |
        recommended for you |
        people also read | people are also reading | recommended stories | popular posts | popular stories |
        popular now | explore more |
        explore more on these topics | around the web | lo más leído | lo más visto | más noticias | últimas noticias |
        noticias relacionadas | artículos relacionados | te puede interesar | también te puede interesar |
        lee también | lea también | más leídas | mais lidas | mais notícias | últimas notícias |
        notícias relacionadas | artigos relacionados | leia também | veja também | auch interessant |
        mehr zum thema | meistgelesen | das könnte sie auch interessieren | das könnte dich auch interessieren |
        weitere artikel | weitere nachrichten | weitere meldungen | neueste artikel | aktuelle nachrichten |
        verwandte themen | verwandte artikel | lesen sie auch | empfehlungen der redaktion | à lire aussi |
        lire aussi | les plus lus | sur le même sujet | dernières actualités | articles similaires |
        vous aimerez aussi | à lire également | leggi anche | i più letti | più letti | ultime notizie |
        articoli correlati | notizie correlate | potrebbe interessarti | altre notizie | lees ook | meest gelezen |
        laatste nieuws | gerelateerde artikelen | ook interessant | meer nieuws | bekijk ook | czytaj też |
        czytaj także | czytaj również | przeczytaj też | przeczytaj także | zobacz też | zobacz także |
        zobacz również | najczęściej czytane | podobne artykuły | powiązane artykuły | warto przeczytać |
        najnowsze wiadomości | läs också | läs även | läs mer om ämnet | mest läst | senaste nytt |
        relaterade artiklar | fler nyheter | missa inte | les også | læs også | mest lest | mest læste
        """,
    Kind.SHARE: """
        link copied | url copied | copied to clipboard | save this story | save this article | save article |
        save story | save for later | email this article | email this story | share with a friend |
        share with friends | share with your friends | share with a friend or colleague | tell a friend |
        click to print | click to share | click to copy | send to a friend | enlace copiado | link copiado |
        link kopiert | lien copié | link copiato | link gekopieerd | skopiowano link | länken kopierad |
        artikel merken | auf die leseliste |
        kopieer link | deel dit artikel | skopiuj link | udostępnij | dela | dela artikeln | kopiera länk
        """,
    Kind.NEWSLETTER: """
        newsletter sign up | newsletter signup | newsletter subscribe | sign up for newsletter | enter your email |
        enter your email address | enter your email here | your email address | your email | get email updates |
        join our mailing list | join our community | join the mailing list | newsletter anmeldung |
        newsletter abonnieren | ihre e mail adresse | deine e mail adresse | tu correo electrónico |
        su correo electrónico | seu e mail | votre adresse e mail | votre email | la tua email | je e mailadres |
        twój adres e mail | din e postadress
        """,
    Kind.SUBSCRIBE: """
        log in | login | sign in | log in now | login now | login here | sign in register | login register |
        log in register | login or register | log in or register | log in join | sign in join | create an account |
        create account | create free account | create a free account | manage subscription | manage my subscription |
        manage subscriptions | become a member | become a patron | become a supporter | start free trial |
        start your free trial | start a free trial | subscriber only | subscribers only | for subscribers |
        subscribe now | donate now | make a donation | iniciar sesión | inicia sesión | entrar | fazer login |
        anmelden | einloggen | jetzt anmelden | jetzt abonnieren | jetzt registrieren | se connecter | s abonner |
        je m abonne | accedi | abbonati | abbonati ora | inloggen | abonneren | abonneer nu | zaloguj się |
        zarejestruj się | logga in | bli medlem | skapa konto | suscríbete | suscribirse | suscríbete ahora |
        assine | assine já | assine agora | bli prenumerant | prenumerera | køb abonnement
        """,
    Kind.COMMENT: """
        leave a comment | leave a reply | post a comment | add a comment | write a comment | join the conversation |
        join the discussion | show comments | view comments | view all comments | log in to reply |
        log in to comment | sign in to comment | kommentar schreiben | kommentar verfassen | kommentare anzeigen |
        dejar un comentario | deja un comentario | deja una respuesta | deixe um comentário | deixe uma resposta |
        laisser un commentaire | laissez un commentaire | lascia un commento | plaats een reactie |
        laat een reactie achter | reageer op dit artikel | bekijk alle reacties | alle reacties | skomentuj |
        kommentera | visa alla kommentarer | zobacz wszystkie opinie | zobacz wszystkie komentarze |
        pokaż komentarze | alle kommentare anzeigen | ver todos los comentarios | ver comentarios |
        voir tous les commentaires | voir les commentaires | vedi tutti i commenti | ver todos os comentários |
        show all comments | tip de redactie | tipsa oss | tipsa redaktionen |
        dodaj komentarz | zostaw komentarz | lämna en kommentar | skriv en kommentar
        """,
}  # fmt: skip
"""What buttons, and lists beside a text, are called: folded, and each a line of its own."""
_KNOWN: Final = {
    line.strip(): kind for kind, lines in _LINES.items() for line in " ".join(lines.split()).split("|")
}
_NETWORKS: Final = word_set(
    "facebook twitter x instagram whatsapp telegram linkedin youtube tiktok pinterest reddit threads bluesky mastodon",
    "flipboard tumblr pocket messenger snapchat xing vk email mail e print rss copy link icon logo",
)
_NEW_WINDOW: Final = re.compile(
    r"\b(?:opens? in (?:a )?new (?:window|tab)|neuen (?:fenster|tab)|nueva (?:ventana|pestaña)|nova (?:janela|aba)"
    r"|nouvelle fenêtre|nouvel onglet|nuova finestra|nieuw venster|nowym oknie|nytt fönster)\b",
    re.IGNORECASE,
)
_LINK_WORDS: Final = 14
"""Words of the longest name of a link that says where it opens."""


def label(text: str, tokens: list[str], *, linked: bool, heading: bool) -> tuple[Kind, float] | None:
    """What a line of nothing but label words is for, and how surely (0 to 1); None: it has other words.

    `linked`: it is a link; `heading`: it heads something, and `Log in` may head instructions.
    """
    told = _name_of_link(text, tokens)
    if told is not None or not tokens or len(tokens) > _MOST_WORDS:
        return told
    line = " ".join(token for token in tokens if not token.isdigit())
    if line in _OF_CONTENTS:
        return Kind.NAVIGATION, 0.65
    known = _KNOWN.get(line)
    if known is not None and (linked or known is Kind.RELATED or not heading):
        return known, 0.75 if len(tokens) > 1 else 0.65
    return _made_of_label_words(tokens, linked=linked)


def _name_of_link(text: str, tokens: list[str]) -> tuple[Kind, float] | None:
    """Links to networks: their names alone, or that they open elsewhere."""
    count = len(tokens)
    if count <= _LINK_WORDS and not _WINDOWS.isdisjoint(tokens) and _NEW_WINDOW.search(text):
        return Kind.NAVIGATION if _NETWORKS.isdisjoint(tokens) else Kind.SHARE, 0.8
    if count < 2:
        return None
    if tokens[0] in _FOLLOW and all(word in _WHERE or word in _NETWORKS for word in tokens[1:]):
        return Kind.FOLLOW, 0.75
    several = _NETWORKS.issuperset(tokens) and len({*tokens} - {"x"}) > 1
    return (Kind.SHARE, 0.75) if several and "," not in text else None


def _made_of_label_words(tokens: list[str], *, linked: bool) -> tuple[Kind, float] | None:
    found: Kind | None = None
    for token in tokens:
        kind = _KIND_OF.get(token)
        if kind is not None:
            found = found or kind
        elif token not in _WHAT and not token.isdigit():
            return None
    if found is None or (found in _ALSO_HEADINGS and not linked):
        return None
    several = sum(not token.isdigit() for token in tokens) > 1
    # A heading may be one such word, but `Advertisement` heads nothing; `pub` is a public house too.
    alone = 0.7 if found is Kind.ADVERTISEMENT and len(tokens[0]) > 3 else 0.6
    return found, 0.75 if several else alone


_ALSO_HEADINGS: Final = frozenset([Kind.NEWSLETTER, Kind.PAYWALL])
"""A heading of a report may be made of these words alone: `Newsletter`, `Alle Abonnenten`."""
_FOLLOW: Final = word_set(
    "follow folgen síguenos síganos sigue siga siganos seguici segui suivez volg obserwuj śledź följ"
)
_WHERE: Final = word_set(
    "us on our your favorite social socials media channels and sie uns den auf in sozialen medien netzwerken en las",
    "redes sociales nas sociais nos nous sur les réseaux sociaux sui social ons op sociale media nas na oss på i",
)
_WINDOWS: Final = word_set(
    "window tab fenster ventana pestaña janela aba fenêtre onglet finestra venster oknie fönster"
)
_KEYS: Final = frozenset[str]().union(_FOLLOW, *_FOR.values())
_KIND_OF: Final = {word: kind for kind, words in reversed(_FOR.items()) for word in words}


def may_be_label(tokens: list[str]) -> bool:
    """Whether a line has a word that all labels have one of, or is known as a whole."""
    count = len(tokens)
    if count > _LINK_WORDS:
        return False
    if not _WINDOWS.isdisjoint(tokens) or (count > 1 and _NETWORKS.issuperset(tokens)):
        return True
    return count <= _MOST_WORDS and (not _KEYS.isdisjoint(tokens) or _is_known(tokens))


def _is_known(tokens: list[str]) -> bool:
    line = " ".join(token for token in tokens if not token.isdigit())
    return line in _KNOWN or line in _OF_CONTENTS

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
    "kostenlose kostenlosen kostenfreie freie freien darmowych bezpłatnych darmowe darmowy frei",
)
_PIECES: Final = word_set(
    "articles article stories artículos notas artigos matérias articoli artikel artikelen artykułów artykuły",
    "artiklar artikeln",
)
_LIMIT: Final = word_set(
    "limit limite límite left remaining reached atingiu alcanzado atteint raggiunto übrig verbleibend restan",
    "restam leyendo leggendo leyó resta reste kontingent aufgebraucht",
)
_ACTIVATE: Final = word_set(
    "activate enable activa active activez activá attiva aktivieren aktiviere aktivér aktivera ative ativa włącz",
    "schalte einschalten",
)
_NOTICES: Final = word_set(
    "notifications alerts notificaciones alertas notificações alertes notifiche benachrichtigungen",
    "pushnachrichten meldingen powiadomienia notiser aviseringar campanita sininho campanella glocke",
)
_ARE: Final = word_set(
    "estamos est sommes siamo trovi trovate sind zijn jesteśmy finns are re find encuéntranos"
)
_TOO: Final = word_set(
    "también também aussi anche pure auch ook też także również också too ahora agora jetzt nu"
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
    "mailfach bandeja",
)
_EVERY: Final = word_set(
    "every daily weekly morning jeden täglich wöchentlich montag freitag sonntag cada diario semanal domingos",
    "mañana manhã sextas chaque matin vendredi lundi ogni mattina settimana elke dagelijks wekelijks codziennie",
    "każdy każdego rano varje dag vecka",
)
_PER_MONTH: Final = re.compile(
    r"(?:[€£$]|\beuros?\b|\bR\$|\bzł\b|\bkr\b|\bfr\.)[^.!?]{0,14}"
    r"\b(?:al mes|por mes|por mês|ao mês|par mois|al mese|pro monat|im monat|per month|a month|/month"
    r"|a week|/week|per week|pro woche|a year|im jahr|per maand"
    r"|miesięcznie|i månaden|/mes|/mês|/mois|/monat|le premier mois|el primer mes|pierwszy miesiąc)\b",
    re.IGNORECASE,
)
_CANCEL: Final = re.compile(
    r"(?:^|[.!?,;:–—]\s*)(?:cancel[ae]?\s|sin permanencia|sem fidelização|sans engagement|senza vincol|disdici|súmate"
    r"|jederzeit kündbar|monatlich kündbar|(?:maandelijks|altijd) opzegbaar|no commitment)",
    re.IGNORECASE,
)
_BROUGHT: Final = frozenset(
    tuple(pair.split())
    for pair in (
        "presented by", "paid for", "sponsored by", "in partnership", "präsentiert von", "in zusammenarbeit",
        "en colaboración", "patrocinado por", "em parceria", "en partenariat", "in collaborazione", "presentato da",
        "apresentado por", "presentado por", "in samenwerking", "we współpracy", "i samarbete",
    )
)  # fmt: skip
"""How a label names who paid for a text."""
_OFFER: Final = word_set(
    "oferta offer angebot offre offerta aanbieding promocja erbjudande sonderangebot aktion promo"
)
_PIECE: Final = word_set(
    "this article story post content artikel beitrag text inhalt artículo nota noticia contenido reportaje texto",
    "artigo notícia matéria conteúdo reportagem recurso contenu articolo contenuto notizia artykuł treść artikeln",
    "innehåll bericht verhaal",
)
_SUBSCRIBERS: Final = word_set(
    "subscribers members suscriptores socios assinantes subscritores abonnés adhérents abbonati abonnenten",
    "mitglieder abonnees leden subskrybentów prenumeratorów prenumeranter abonnentinnen",
)
_ONLY: Final = word_set(
    "only exclusive exclusively exclusivo exclusiva exclusivos reservado reservada réservé réservée exclusif",
    "riservato riservata esclusivo nur exklusiv alleen exclusief tylko wyłącznie bara endast exclusivamente",
)
_COMMENTING: Final = word_set(
    "comment commenting comentar commenter commentare kommentieren reageren komentować skomentować kommentera",
    "comentário comentario kommentar commento commentaire reactie komentarz",
)
_LOGGED: Final = word_set(
    "log logged login sign register sesión registrarte registrarse logado sessão connecter connecté inscrire",
    "accedere registrarti anmelden eingeloggt angemeldet einloggen inloggen ingelogd zalogować zalogowany logga",
    "inloggad",
)
_FIRST: Final = word_set(
    "first primero primera primeiro primeira premier première primo ersten erste eerste pierwszy först",
)
_COMMENTS: Final = word_set(
    "comments comentarios comentários commentaires commenti kommentare reacties komentarze kommentarer",
)
_ANSWERABLE: Final = word_set(
    "responsibility responsible responsabilidad responsabilidade responsabilité responsabilità verantwortlich",
    "verantwortung verantwoordelijk odpowiedzialność ansvar",
)
_SHOWN_ADDRESS: Final = word_set(
    "publicada publicado published veröffentlicht publiée pubblicato gepubliceerd opublikowany publicerad",
)
_ADDRESS: Final = word_set(
    "address dirección endereço adresse indirizzo mailadresse adres adress email mail correo",
)
_NOT: Final = word_set("no not nicht pas non niet nie inte não will")
_USEFUL: Final = word_set("useful helpful útil utile hilfreich nuttig przydatny användbar")
_CLICKS: Final = word_set("click tap haz clic clique cliquez clicca fai klicken klicke klik kliknij klicka")
_TO_SHARE: Final = word_set(
    "share compartir compartilhar partilhar partager condividere teilen delen udostępnić udostępnij dela",
)
_SAVE: Final = word_set(
    "save guardar salvar sauvegarder enregistrer salva merken speichern bewaar zapisz spara"
)
_LATER: Final = word_set("later tarde depois tard dopo später straks później senare")
_BLOCKER: Final = word_set(
    "adblocker adblock blocker bloqueador bloqueur werbeblocker adblockers blokujące reklamblockerare",
)
_SWITCH_OFF: Final = word_set(
    "disable turn off desactívalo desactiva desactive desative désactivez désactiver disattiva disattivalo",
    "deaktivieren deaktiviere ausschalten uitschakelen wyłącz stäng detected detectamos detectado whitelist",
)
_REPRODUCED: Final = word_set(
    "reproduction reproduced republished reprinted reproducción reproducir reprodução reproduzido riproduzione",
    "reproduction vervielfältigung nachdruck overname kopiowanie reproduktion publicado redistribuído",
)
_FORBIDDEN: Final = word_set(
    "prohibited forbidden permission prohibida prohibido permitida autorización proibida proibido autorização",
    "interdite autorisation vietata autorizzazione verboten genehmigung verboden toestemming zabronione zgody",
    "förbjuden tillstånd consent",
)
_APPEARED: Final = word_set(
    "published appeared publicado publicada publicó apareció publié publiée paru pubblicato apparso erschien",
    "erschienen veröffentlicht verscheen gepubliceerd ukazał opublikowany publicerades",
)
_BEFORE: Final = word_set(
    "originally first version edition print originalmente versión versão impresa impressa initialement",
    "originariamente zuerst ursprünglich fassung ausgabe oorspronkelijk eerder pierwotnie ursprungligen",
)
_CREATIVE: Final = frozenset(["creative"])
_COMMONS: Final = frozenset(["commons"])
_UNLOCK: Final = word_set(
    "unlock desbloquear desbloquea desbloqueie débloquer débloquez sblocca freischalten ontgrendel odblokuj lås",
)
_GIVE: Final = word_set(
    "give gift regala regalar ofereça offrez offrir verschenken verschenke podaruj geef ge",
)
_SUBSCRIPTION: Final = word_set(
    "subscription suscripción assinatura abonnement abbonamento abo prenumeratę prenumeration",
)
_LISTEN: Final = word_set(
    "listen escucha escuche ouça oiça écoutez ascolta hören höre luister posłuchaj lyssna watch",
)
_PLATFORMS: Final = word_set("spotify deezer castbox spreaker soundcloud")
_PLAYERS: Final = word_set("apple google youtube deezer castbox podcasts donde onde wherever überall")
_STRAIGHT: Final = word_set(
    "straight directly directo directamente direto directement direttamente direkt direct prosto delivered",
)
_TRY: Final = word_set("try prueba experimente essayez prova testen teste probeer wypróbuj")
_DAYS: Final = word_set(
    "days días dias jours giorni tage tagen dagen dni dagar month mes mês mois mese monat maand",
)
_AVAILABLE: Final = word_set(
    "available disponible disponível disponibile verfügbar erhältlich beschikbaar dostępna tillgänglig",
)
_CLOSED: Final = word_set(
    "closed cerrados fechados fermés chiusi disabilitati geschlossen gesloten zamknięte stängda disabled"
)
_COMMENT_BOX: Final = word_set("kommentarfunktion")
_HOUSE_RULES: Final = word_set("guidelines netiquette normas charte regulamin richtlinien regole huisregels")
_CLIPBOARD: Final = word_set(
    "clipboard portapapeles zwischenablage appunti klembord schowka urklipp transferência papiers"
)
_FRIEND: Final = word_set("friend amigo ami amico freund freunde vriend vän")
_SENDS: Final = word_set("email mail send enviar envoyer inviare versenden sturen skicka")
_GOOGLE: Final = frozenset(["google"])
_SOURCE: Final = word_set("source quelle fuente fonte bron źródło källa")
_PREFERRED: Final = word_set(
    "preferred trusted bevorzugte preferida preferencial préférée preferita voorkeur preferowane föredragen"
)
_BROWSER: Final = word_set("browser navigateur navegador przeglądarka webbläsare")
_SUPPORTS: Final = word_set(
    "support unterstützt soporta suporta supporte supporta ondersteunt obsługuje stöder"
)
_PLAYED: Final = word_set("video audio html5 wiedergabe videos element")
_REST: Final = word_set("rest remainder resto reste suite paying")
_STORE_NAMES: Final = frozenset(["play", "store"])
_AT_STORE: Final = word_set("get download on in im laden available auf bei sur en na no su op w på")
_STORE_OWNERS: Final = frozenset(["google", "app"])
_THANKS: Final = word_set(
    "thank thanks gracias obrigado obrigada merci grazie danke dank bedankt dziękujemy tack"
)
_HAVING_SIGNED: Final = word_set(
    "subscribing signing suscribirte suscribirse registrarte inscrever subscrever inscription inscrit iscritto",
    "esserti iscriverti anmeldung aanmelden aanmelding inschrijving subskrypcję zapisanie prenumererar anmälan",
    "registrering registering completing",
)
_SIGNED_UP: Final = word_set(
    "subscribing up newsletter boletín boletim liste lista newslettera anmeldung aanmelding inschrijving survey",
    "nieuwsbrief nyhetsbrev subskrypcję prenumererar list",
)
_GOES_ON: Final = word_set("continues continúa sigue continua poursuit gaat weiter ciąg fortsätter")
_FURTHER_DOWN: Final = word_set(
    "below abajo debajo abaixo sotto unten unterhalb dessous onder hieronder beneden poniżej nedan"
)
_FORMS: Final = (
    Form(Kind.NEWSLETTER, 0.75, 12, (_THANKS, _HAVING_SIGNED, _SIGNED_UP)),
    Form(Kind.ADVERTISEMENT, 0.75, 6, (_GOES_ON, _FURTHER_DOWN, _PIECE)),
    Form(Kind.PAYWALL, 0.75, 6, (_ONLY, _SUBSCRIBERS)),
    Form(Kind.PAYWALL, 0.8, 14, (_REST, _SUBSCRIBERS, _PIECE)),
    Form(Kind.APP, 0.75, 6, (_STORE_NAMES, _STORE_OWNERS, _AT_STORE)),
    Form(Kind.FOLLOW, 0.85, 20, (_PREFERRED, _SOURCE, _GOOGLE)),
    Form(Kind.COMMENT, 0.8, 12, (_CLOSED, _COMMENTS | _COMMENT_BOX)),
    Form(Kind.COMMENT, 0.75, 25, (_HOUSE_RULES, _COMMENTS)),
    Form(Kind.SHARE, 0.85, 9, (_CLIPBOARD,)),
    Form(Kind.SHARE, 0.8, 12, (_CLICKS, _SENDS, _FRIEND)),
    Form(Kind.CONSENT, 0.8, 20, (_BROWSER, _SUPPORTS, _NOT, _PLAYED)),
    Form(Kind.PAYWALL, 0.8, 20, (_FREE, _PIECES, _LIMIT)),
    Form(Kind.PAYWALL, 0.75, 12, (_ONLY, _SUBSCRIBERS, _PIECE)),
    Form(Kind.PAYWALL, 0.75, 8, (_UNLOCK, _PIECE)),
    Form(Kind.SUBSCRIBE, 0.75, 8, (_GIVE, _SUBSCRIPTION)),
    Form(Kind.SUBSCRIBE, 0.55, 30, (_TRY, _FREE, _DAYS)),
    Form(Kind.APP, 0.75, 25, (_ACTIVATE, _NOTICES)),
    Form(Kind.APP, 0.7, 10, (_AVAILABLE, _STORE_NAMES, _STORE_OWNERS)),
    Form(Kind.FOLLOW, 0.75, 20, (_NETWORKS, _ARE, _TOO, _OPENS)),
    Form(Kind.FOLLOW, 0.7, 20, (_LISTEN, _PLATFORMS, _PLAYERS)),
    Form(Kind.NEWSLETTER, 0.75, 20, (_UNSUBSCRIBE, _ANY_TIME)),
    Form(Kind.NEWSLETTER, 0.7, 30, (_MAILBOX, _EVERY), to_reader=True),
    Form(Kind.NEWSLETTER, 0.7, 20, (_MAILBOX, _STRAIGHT), to_reader=True),
    Form(Kind.COMMENT, 0.8, 12, (_COMMENTING, _LOGGED)),
    Form(Kind.COMMENT, 0.8, 8, (_COMMENTING, _FIRST)),
    Form(Kind.COMMENT, 0.75, 25, (_COMMENTS, _ANSWERABLE)),
    Form(Kind.COMMENT, 0.85, 22, (_ADDRESS, _SHOWN_ADDRESS, _NOT), to_reader=True),
    Form(Kind.COMMENT, 0.75, 9, (_USEFUL, _PIECE)),
    Form(Kind.SHARE, 0.85, 14, (_CLICKS, _TO_SHARE, _NETWORKS)),
    Form(Kind.SHARE, 0.75, 6, (_SAVE, _LATER)),
    Form(Kind.ADVERTISEMENT, 0.8, 25, (_BLOCKER, _SWITCH_OFF)),
    Form(Kind.CREDIT, 0.8, 30, (_REPRODUCED, _FORBIDDEN)),
    Form(Kind.CREDIT, 0.55, 22, (_BEFORE, _APPEARED, _PIECE)),
    Form(Kind.CREDIT, 0.75, 30, (_CREATIVE, _COMMONS, _PIECE)),
)
_OPENERS: Final = frozenset().union(*(form.groups[0] for form in _FORMS))
"""Most blocks have none of these words, and so no form."""
_QUOTED: Final = re.compile(r"[\"“”„«»]")
MOST_PRICED: Final = 40
"""Words of the longest offer that names a price."""


def offer(text: str, tokens: list[str]) -> tuple[Kind, float] | None:
    """The kind of prompt that a block is by one of these forms, and how surely (0 to 1); None: by none of them."""
    count = len(tokens)
    if not 3 <= count <= MOST_PRICED or _QUOTED.search(text):
        return None
    words = set(tokens)
    for form in () if words.isdisjoint(_OPENERS) else _FORMS:
        if count > form.most or words.isdisjoint(form.groups[0]):
            continue
        if any(words.isdisjoint(group) for group in form.groups[1:]):
            continue
        if not form.to_reader or any(says(word) & Says.READER for word in words):
            return form.kind, form.score
    if count <= 7 and tuple(tokens[:2]) in _BROUGHT and not text.rstrip().endswith((".", "?")):
        return Kind.ADVERTISEMENT, 0.7
    bargain = not _OFFER.isdisjoint(tokens[:2]) or _CANCEL.search(text) is not None
    if bargain and _PER_MONTH.search(text):
        return Kind.SUBSCRIBE, 0.75
    return None

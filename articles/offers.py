"""Prompts that no order gives away, told by groups of words that only meet in them.

`Only 3 € a month, cancel any time`, `We are also on Telegram`, `One of your 3 free articles this month`: each form asks
for a word of each of its groups, in one short block that quotes nobody. The groups hold nine languages.
"""

from __future__ import annotations

import re
from typing import Final

from articles.forms import Form
from articles.model import Kind
from articles.text import word_set

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
    "restano restent quedan übrig overgebleven pozostało kvar",
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
    "estamos est sommes siamo trovi trovate sind zijn jesteśmy finns are re find encuéntranosvinden",
)
_TOO: Final = word_set(
    "también também aussi anche pure auch ook też także również också too ahora agora jetzt nu"
)
_NETWORKS: Final = word_set(
    "facebook twitter instagram whatsapp telegram linkedin youtube tiktok pinterest threads bluesky mastodon x",
)
_OPENS: Final = word_set(
    "we nous on ci wir wij ook también também estamos siamo jesteśmy vi also find auch",
    "je jullie możesz du kunt",
)
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
    "tekst tekstu artykułu stuk reportage",
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
    "postadress mailadres",
)
_ADDRESS: Final = word_set(
    "address dirección endereço adresse indirizzo mailadresse adres adress email mail correo",
)
_NOT: Final = word_set("no not nicht pas non niet nie inte não will")
_USEFUL: Final = word_set("useful helpful útil utile hilfreich nuttig przydatny användbar", "pomocny nyttig")
_CLICKS: Final = word_set("click tap haz clic clique cliquez clicca fai klicken klicke klik kliknij klicka")
_TO_SHARE: Final = word_set(
    "share compartir compartilhar partilhar partager condividere teilen delen udostępnić udostępnij dela",
)
_SAVE: Final = word_set(
    "save guardar salvar sauvegarder enregistrer salva merken speichern bewaar zapisz sparaopslaan",
)
_LATER: Final = word_set("later tarde depois tard dopo später straks później senare")
_BLOCKER: Final = word_set(
    "adblocker adblock blocker bloqueador bloqueur werbeblocker adblockers blokujące reklamblockerare",
)
_SWITCH_OFF: Final = word_set(
    "disable turn off desactívalo desactiva desactive desative désactivez désactiver disattiva disattivalo",
    "deaktivieren deaktiviere ausschalten uitschakelen wyłącz stäng detected detectamos detectado whitelist",
    "schakel avaktivera inaktivera",
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
_PLAYED: Final = word_set("video audio html5 wiedergabe videos element", "wideo odtwarzacza videon ljud")
_REST: Final = word_set("rest remainder resto reste suite paying", "całość resten")
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
_GOES_ON: Final = word_set("continues continúa sigue continua poursuit gaat weiter ciąg fortsätter", "dalsza")
_FURTHER_DOWN: Final = word_set(
    "below abajo debajo abaixo sotto unten unterhalb dessous onder hieronder beneden poniżej nedan",
    "pod efter sous sob",
)
_APPS: Final = word_set(
    "app apps aplicación aplicativo aplicação application appli applicazione aplikacji appen apk"
)
_OPENED_IN: Final = word_set(
    "open continue read abrir ver leer lee seguir leia ler continuar ouvrir lire continuer apri leggi aprire",
    "continua öffnen lesen weiterlesen openen lezen otwórz czytaj öppna läs bekijk",
)
_INSIDE: Final = word_set("in im en no na dans sur nell nella w i")
_SCAN: Final = word_set(
    "scan escanea escanee aponte scannez flashez inquadra scansiona scannen scanne skanna zeskanuj"
)
_QR: Final = frozenset(["qr"])
_CONFIRM: Final = word_set(
    "confirm confirmation bestätigen bestätigung bestätigungslink confirmación confirma confirme confirmação",
    "conferma bevestigen bevestiging potwierdź potwierdzenie bekräfta bekräftelse verify",
)
_MAIL: Final = word_set(
    "email mail mails correo correos courriel mailadresse adresse dirección endereço indirizzo adres mejl inbox spam"
)
_SENT_YOU: Final = word_set(
    "sent send link geschickt gesendet hemos enviado enviamos enviámos envoyé inviato gestuurd verzonden wysłaliśmy",
    "skickat",
)
_VALID: Final = word_set(
    "valid invalid gültige gültig ungültig válido válida inválido inválida valide invalide valido valida geldig",
    "geldige ongeldig prawidłowy poprawny giltig ogiltig",
)
_ENTER: Final = word_set(
    "enter try again bitte please eingeben erneut introduce inténtalo tente novamente digite insira saisissez",
    "réessayez inserisci riprova voer probeer podaj wpisz ange försök por favor",
)
_TASTE: Final = word_set(
    "try test testen teste prueba pruébalo experimente essayez prova provalo probeer wypróbuj prova testa"
)
_SPAN: Final = word_set(
    "week weeks month months days issues woche wochen monat monate tage mes meses días semanas mês dias jours mois",
    "semaines giorni mese mesi settimane dagen weken maand maanden dni miesiąc tygodnie dagar månad månader veckor",
)
_PRICE: Final = word_set(
    "free gratis gratuit gratuitement gratuito gratuita kostenlos bezpłatnie za euro euros eur nur only just solo",
    "sólo apenas seulement soltanto slechts tylko bara kr zł",
)
_BUY: Final = word_set(
    "buy spendier spendieren spendiere spendiert invítame invítanos invita pague offrez offre offrimi offrici",
    "trakteer postaw bjud",
)
_COFFEE: Final = word_set("coffee kaffee café caffè koffie kawę kaffe cafezinho")
_DONATION: Final = word_set(
    "donation gift contribution spende spenden donación donativo aporte doação donazione contributo donatie gift",
    "wpłatę wpłata darowiznę gåva pix",
)
_GIVE_US: Final = word_set(
    "make give donate done dona doe donar haz hacé haga colabora colaborá ayuda ayúdanos faça contribua faites",
    "donnez fai dai sostienici doneer geef steun przekaż wpłać wesprzyj ge skänk freuen help ajude",
)
_SUBSCRIBING_TO: Final = word_set(
    "abonnent abonnentin suscriptor suscriptora assinante abonné abonnée abbonato abonnee subskrybentem prenumerant",
    "subscriber apoiador mecenas",
    "vriend patronem patron patronką månadsgivare stödmedlem darczyńcą fördermitglied stödprenumerant",
)
_BECOME: Final = word_set("become werde werden hazte hágase torne vire devenez diventa word zostań bli")
_FORWARD: Final = word_set(
    "send forward share leite leiten schick schicke pásasela pásala envíaselo envíasela envie manda mande envoyez",
    "transférez inoltra inoltralo mandalo manda stuur prześlij wyślij skicka tip recommend empfehlen empfiehl",
    "tipsa przesyłaj",
)
_SOMEONE: Final = word_set(
    "someone somebody friend friends colleague jemanden jemand weiter alguien alguém amigos amigo quelqu qualcuno",
    "iemand kogoś någon galera kennst conoces conhece amis amici",
    "komuś vän znajomemu",
)
_THIS_PIECE: Final = word_set(
    "this it article story text artikel beitrag diesen es esto esta artículo nota información isto essa artigo texto",
    "cet article articolo questo dit artikel ten artykuł artikeln column recipe rezept hiperligação link",
    "tekst",
)
_HERE_FOR: Final = word_set("hier here aquí aqui ici qui tutaj här clique clic click klik")
_CHANNEL: Final = word_set(
    "channel kanal canal chaîne canale kanaal kanału group gruppe grupo groupe gruppo page seite página pagina",
    "strona sida feed",
)
_JOIN_IN: Final = word_set(
    "join beitreten unirse unirte únete aderir entrar entre rejoindre rejoignez iscriverti unisciti geht folgen",
    "seguir suivre seguire volgen dołącz lid följ entrá entra abonnieren",
    "gå",
)
_PODCASTS: Final = word_set("podcast podcasts podcasty poddar podcaster")
_WHEREVER: Final = word_set(
    "wherever überall favourite favorite habitual preferida preferido partout ovunque overal wszędzie överallt donde"
)
_SIGNED: Final = word_set(
    "inscription cadastro registro suscripción iscrizione angemeldet registration subscription aanmelding",
    "rejestracja anmälan inscrição registrierung inscrit inscrita registered subscribed abonniert",
)
_SUCCEEDED: Final = word_set(
    "successfully successful erfolgreich éxito exitosamente sucesso succès prise successo avvenuta gelukt pomyślnie",
    "lyckades confirmée confirmada confirmado confermata bevestigd",
)
_MEMBERS: Final = word_set(
    "members subscribers supporters mitglieder mitgliedern unterstützer socios suscriptores assinantes apoiadores",
    "adhérents abonnés donateurs abbonati sostenitori soci leden abonnees członków subskrybentów medlemmar",
    "prenumeranter",
)
_JOIN_US: Final = word_set(
    "join rejoignez únete únase súmate sumate unisciti entra junte una werden werde komm sluit dołącz bli become"
)
_EXPIRED: Final = word_set(
    "expired ended abgelaufen caducado vencido expirou terminou expiré scaduto scaduta verlopen wygasła wygasł",
    "upphört",
)
_ABO: Final = word_set(
    "subscription abonnement abo suscripción assinatura abbonamento subskrypcja prenumeration membership",
    "mitgliedschaft",
)
_ACCOUNT: Final = word_set("account konto kundenkonto cuenta conta compte contoutente account konta kontot")
_LOG_INTO: Final = word_set(
    "log login sign loggen logge einloggen anmelden melden lesen entre entra inicia ingresa ingresá accede acceda",
    "aceda connectez identifiez accedi loggati inloggen zaloguj logga create crea crear crie créez registrieren",
    "maak registreer załóż skapa opprett",
)
_TO_READ: Final = word_set(
    "view read continue access lesen weiterlesen sehen leer ver seguir continúa acceder ler acessar continuar",
    "lire voir accéder leggere continuare lezen verder czytać läsa full vollständig ganzen",
    "przeczytaj całość dalej lees läs bekijken zien",
)
_PRESS_WORK: Final = word_set(
    "journalism journalismus recherchen reportagen periodismo jornalismo journalisme giornalismo journalistiek",
    "reportajes dziennikarstwo journalistik newsroom redaktion inchieste enquêtes investigaciones",
)
_A_MEMBER: Final = word_set(
    "member mitglied miembro socio socia membro membre lid członkiem medlem adhérent supporter unterstützer"
)
_LETTERS: Final = word_set(
    "newsletter newsletters newsletteru boletín boletim lettre infolettre nieuwsbrief nyhetsbrev rundbrief",
    "nyhetsbrevet nieuwsbrieven newslettera biuletynu biuletyn",
)
_TAKEN_FROM: Final = word_set(
    "stammt erschien taken extract excerpt forma tomado extraído tratto tratta extrait extraite komt pochodzi hämtad",
    "appeared saiu published sent enviada verschickt",
    "verscheen hämtat ur",
)
_THE_TEXT: Final = word_set(
    "this dieser diese este esta ce cet cette questo questa dit deze ten denna artículo text texte texto artikel",
    "article",
    "den verhaal tekst",
)
_LIKE: Final = word_set("like likez liker metti gilla polub lajkuj dale curta curte gefällt liken")
_PAGE: Final = word_set("page seite página pagina stronę sida fanpage facebookseite")
FORMS: Final = (
    Form(Kind.NEWSLETTER, 0.75, 18, (_SUCCEEDED, _SIGNED), to_reader=True),
    Form(Kind.SUBSCRIBE, 0.75, 20, (_MEMBERS,), opens=_JOIN_US, own=True),
    Form(Kind.SUBSCRIBE, 0.75, 16, (_A_MEMBER, _PRESS_WORK), opens=_BECOME),
    Form(Kind.PAYWALL, 0.75, 20, (_EXPIRED, _ABO), to_reader=True),
    Form(Kind.PAYWALL, 0.75, 16, (_ACCOUNT, _TO_READ), opens=_LOG_INTO),
    Form(Kind.NEWSLETTER, 0.7, 24, (_LETTERS, _TAKEN_FROM), opens=_THE_TEXT),
    Form(Kind.FOLLOW, 0.75, 14, (_PAGE, _LIKE), own=True),
    Form(Kind.APP, 0.75, 7, (_APPS, _OPENED_IN, _INSIDE)),
    Form(Kind.APP, 0.75, 25, (_QR,), opens=_SCAN),
    Form(Kind.APP, 0.75, 25, (_QR, _SCAN, _APPS)),
    Form(Kind.NEWSLETTER, 0.75, 25, (_CONFIRM, _MAIL, _SENT_YOU), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 16, (_VALID, _MAIL, _ENTER)),
    Form(Kind.SUBSCRIBE, 0.75, 9, (_TASTE, _SPAN, _PRICE)),
    Form(Kind.SUBSCRIBE, 0.75, 14, (_BUY, _COFFEE)),
    Form(Kind.SUBSCRIBE, 0.7, 22, (_DONATION, _GIVE_US), own=True),
    Form(Kind.SUBSCRIBE, 0.7, 16, (_DONATION,), opens=_GIVE_US),
    Form(Kind.SUBSCRIBE, 0.75, 20, (_SUBSCRIBING_TO,), opens=_BECOME),
    Form(Kind.SHARE, 0.75, 16, (_FORWARD, _SOMEONE, _THIS_PIECE)),
    Form(Kind.FOLLOW, 0.75, 22, (_NETWORKS, _CHANNEL, _HERE_FOR, _JOIN_IN)),
    Form(Kind.FOLLOW, 0.75, 25, (_PODCASTS, _WHEREVER)),
    Form(Kind.NEWSLETTER, 0.75, 12, (_THANKS, _HAVING_SIGNED, _SIGNED_UP)),
    Form(Kind.ADVERTISEMENT, 0.75, 6, (_GOES_ON, _FURTHER_DOWN, _PIECE)),
    Form(Kind.PAYWALL, 0.75, 6, (_SUBSCRIBERS, _ONLY)),
    Form(Kind.PAYWALL, 0.8, 14, (_SUBSCRIBERS, _REST, _PIECE)),
    Form(Kind.APP, 0.75, 6, (_STORE_NAMES, _STORE_OWNERS, _AT_STORE)),
    Form(Kind.FOLLOW, 0.85, 20, (_PREFERRED, _SOURCE, _GOOGLE)),
    Form(Kind.COMMENT, 0.8, 12, (_CLOSED, _COMMENTS | _COMMENT_BOX)),
    Form(Kind.COMMENT, 0.75, 25, (_HOUSE_RULES, _COMMENTS)),
    Form(Kind.SHARE, 0.85, 9, (_CLIPBOARD,)),
    Form(Kind.SHARE, 0.8, 12, (_FRIEND, _CLICKS, _SENDS)),
    Form(Kind.CONSENT, 0.8, 20, (_BROWSER, _SUPPORTS, _NOT, _PLAYED)),
    Form(Kind.PAYWALL, 0.8, 20, (_FREE, _PIECES, _LIMIT)),
    Form(Kind.PAYWALL, 0.75, 12, (_SUBSCRIBERS, _ONLY, _PIECE)),
    Form(Kind.PAYWALL, 0.75, 8, (_UNLOCK, _PIECE)),
    Form(Kind.SUBSCRIBE, 0.75, 8, (_SUBSCRIPTION, _GIVE)),
    Form(Kind.SUBSCRIBE, 0.55, 30, (_TRY, _FREE, _DAYS)),
    Form(Kind.APP, 0.75, 25, (_ACTIVATE, _NOTICES)),
    Form(Kind.APP, 0.7, 10, (_STORE_NAMES, _STORE_OWNERS, _AVAILABLE)),
    Form(Kind.FOLLOW, 0.75, 20, (_NETWORKS, _ARE, _TOO, _OPENS)),
    Form(Kind.FOLLOW, 0.7, 20, (_PLATFORMS, _LISTEN, _PLAYERS)),
    Form(Kind.NEWSLETTER, 0.75, 20, (_UNSUBSCRIBE, _ANY_TIME)),
    Form(Kind.NEWSLETTER, 0.7, 30, (_MAILBOX, _EVERY), to_reader=True),
    Form(Kind.NEWSLETTER, 0.7, 20, (_MAILBOX, _STRAIGHT), to_reader=True),
    Form(Kind.COMMENT, 0.8, 12, (_COMMENTING, _LOGGED)),
    Form(Kind.COMMENT, 0.8, 8, (_COMMENTING, _FIRST)),
    Form(Kind.COMMENT, 0.75, 25, (_COMMENTS, _ANSWERABLE)),
    Form(Kind.COMMENT, 0.85, 22, (_SHOWN_ADDRESS, _ADDRESS, _NOT), to_reader=True),
    Form(Kind.COMMENT, 0.75, 9, (_USEFUL, _PIECE)),
    Form(Kind.SHARE, 0.85, 14, (_NETWORKS, _CLICKS, _TO_SHARE)),
    Form(Kind.SHARE, 0.75, 6, (_SAVE, _LATER)),
    Form(Kind.ADVERTISEMENT, 0.8, 25, (_BLOCKER, _SWITCH_OFF)),
    Form(Kind.CREDIT, 0.8, 30, (_REPRODUCED, _FORBIDDEN)),
    Form(Kind.CREDIT, 0.55, 22, (_APPEARED, _BEFORE, _PIECE)),
    Form(Kind.CREDIT, 0.75, 30, (_CREATIVE, _COMMONS, _PIECE)),
)
_ENDED: Final = word_set(
    "cancel cancela cancele cancelar kündbar opzegbar permanencia fidelização disdici disdire"
)
KEYS: Final = _OFFER | _ENDED | frozenset(max(pair, key=len) for pair in _BROUGHT)
"""One of these stands in every block that `bargain` tells."""
MOST_PRICED: Final = 40
"""Words of the longest offer that names a price."""


def bargain(text: str, tokens: list[str]) -> tuple[Kind, float] | None:
    """That a block names who paid for the text or a price per month, and how surely (0 to 1); None: neither."""
    count = len(tokens)
    if count <= 7 and tuple(tokens[:2]) in _BROUGHT and not text.rstrip().endswith((".", "?")):
        return Kind.ADVERTISEMENT, 0.7
    if count > MOST_PRICED or (_OFFER.isdisjoint(tokens[:2]) and _CANCEL.search(text) is None):
        return None
    return (Kind.SUBSCRIBE, 0.75) if _PER_MONTH.search(text) else None

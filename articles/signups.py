"""What sites write at their forms, accounts and links: the small print of a sign-up, what it answers, who may read on.

`By signing up you agree to receive ...`, `Enter your email to follow this blog`, `You are already subscribed`: forms
(`forms`) of words that meet nowhere else. Instructions for other accounts name neither article nor letter.
"""

from __future__ import annotations

from typing import Final

from articles.forms import Form
from articles.model import Kind
from articles.text import word_set

_SIGNING: Final = word_set(
    "signing subscribing registering submitting checking ticking anmeldung absenden anmelden registrierung",
    "suscribirte suscribirse registrarte registrarse marcar inscrever subscrever registar cadastrar inscrivant",
    "inscrivez cochant abonnant iscrivendoti iscrivendomi registrandoti cliccando aanmelden inschrijven aanmelding",
    "zapisując rejestrując klikając zaznaczając anmäla registrera prenumerera klicka genom suscripción inscrição",
)
_AGREE: Final = word_set(
    "agree consent acknowledge accept confirm agreeing consenting stimme zustimme einverstanden willige erkläre",
    "bestätige aceptas acepto acepta aceptar consiento autorizo aceita aceito concorda concordo aceitas acceptez",
    "accepte acceptes consens reconnaissez accetti accetto acconsento dichiari autorizzo akkoord accepteer",
    "zgadzasz zgadzam wyrażasz wyrażam akceptujesz akceptuję godkänner samtycker accepterar consented",
)
_LETTERS: Final = word_set(
    "newsletter newsletters newsletteru newsletterem emails email e-mails mails boletín boletines boletim boletins",
    "infolettre lettre lettres nieuwsbrief nieuwsbrieven nyhetsbrev nyhetsbrevet rundbrief biuletyn",
    "correos correo courriels comunicazioni comunicaciones comunicações mailing promotions updates alerts",
)
_TERMS: Final = word_set(
    "privacy terms policy conditions datenschutz datenschutzerklärung nutzungsbedingungen werbevereinbarung agb",
    "privacidad privacidade condiciones termos términos confidentialité informativa privacyverklaring voorwaarden",
    "regulamin prywatności integritetspolicy villkor personuppgifter",
)
_WITH: Final = word_set("mit durch al ao en avec con door met genom med poprzez")
_I: Final = word_set(
    "i yes tick ja ich yo sí si sim eu quero quiero deseo acepto autorizo oui je oui sì desidero voglio ik tak chcę",
    "wyrażam jag",
)
_WOULD: Final = word_set(
    "like want möchte will quiero deseo quero desejo souhaite veux desidero voglio wil chcę vill agree consent"
)
_TO_GET: Final = word_set(
    "subscribe receive join get sign erhalten bekommen abonnieren recibir suscribirme receber assinar recevoir",
    "abonner ricevere iscrivermi ontvangen otrzymywać prenumerera få",
)
_LIST: Final = word_set(
    "newsletter newsletters list updates emails email boletín boletim infolettre nieuwsbrief nyhetsbrev lista"
)
_SUBSCRIBED: Final = word_set(
    "subscribed added registered angemeldet abonniert suscrito suscrita inscrito inscrita abonné inscrit inscrite",
    "iscritto iscritta aangemeld ingeschreven zapisany zapisana prenumererar",
)
_STATE: Final = word_set(
    "now already successfully bereits schon jetzt ya já déjà già al już nu redan agora ahora maintenant adesso been"
)
_FAILED: Final = word_set("saved processed completed gespeichert guardado guardar salvo enregistrée salvata")
_SIGN_UP: Final = word_set(
    "subscription sign signup registration anmeldung suscripción inscrição inscription iscrizione aanmelding"
)
_NOT: Final = word_set("not nicht no não pas non niet nie inte")
_INBOX: Final = word_set(
    "inbox postfach posteingang bandeja buzón caixa boîte casella skrzynki inkorg mailbox"
)
_ISSUE: Final = word_set("issue edition ausgabe edición edição numéro numero editie wydanie nummer")
_SOON: Final = word_set(
    "soon next bald nächste pronto próxima prochain bientôt presto prossimo volgende nästa"
)
_DROPPED: Final = word_set("dropped right delivered straight sent arrive landing")
_EMAIL: Final = word_set(
    "email e-mail mail mailadresse correo courriel indirizzo endereço adres mejl mejladress adresse",
    "mailadres postadress e-mailadres",
)
_ENTER: Final = word_set(
    "enter type submit gib geben trage tragen introduce ingresa escribe insira digite informe saisissez entrez",
    "renseignez inserisci voer vul podaj wpisz ange fyll",
)
_FOR: Final = word_set(
    "below follow subscribe notified unlock receive first updates notifications join code ein abonnieren erhalten",
    "suscribirte recibir suscribirse receber assinar inscrire recevoir iscriverti ricevere ontvangen otrzymywać",
    "prenumerera",
    "krijg krijgt sturen skickar kommer otrzymuj otrzymasz dostaniesz",
)
_WHERE_TO_READ: Final = word_set(
    "article articles story stories content rest limits bookmark bookmarks comment artikel beitrag artículo nota",
    "límites limites contenido artigo matéria conteúdo contenu suite articolo contenuto artykuł treść artikeln",
)
_WHOLE: Final = word_set(
    "this rest full diesen dieser ganzen vollständigen este esta cet suite questo dit hele ten całość den hela"
)
_SUBSCRIBE: Final = word_set(
    "subscribe suscríbete suscríbase assine abonnieren abonnez abbonati abonneer subskrybuj prenumerera"
)
_READ: Final = word_set(
    "read unlock access lesen leer lea leggere leggi lire ler leia lezen czytaj läs freischalten"
)
_FREELY: Final = word_set("free need please save create sign")
_LOG_IN: Final = word_set("log login signin register registering account", "zaloguj logga inloggen einloggen")
_APPS: Final = word_set("app apps aplicación aplicativo application appli applicazione aplikację appen")
_CLICK: Final = word_set(
    "click tap klicken klicke haz toca clique toque cliquez appuyez clicca tocca klik kliknij klicka"
)
_GET: Final = word_set(
    "get download install holen herunterladen laden descargar descarga baixar baixe télécharger téléchargez scarica",
    "scaricare downloaden pobierz pobrać ladda hämta",
)
_SUBSCRIBERS: Final = frozenset(["subscriber", "subscribers"])
_THANKS: Final = word_set(
    "thanks thank danke gracias obrigado obrigada merci grazie bedankt dziękuję dziękujemy tack"
)
_READING: Final = word_set("reading lesen leer ler lecture lire letto leggere lezen przeczytanie läser läst")
_PLEASED: Final = word_set(
    "enjoyed liked loved interesting useful helpful gefallen gefällt gustó gostou plu aimé piaciuto bevallen podobał",
    "gillade enjoy love value",
)
_SHARE: Final = word_set(
    "share teilen teile teilt comparte compártelo compartir compartilhe partilhe partagez partager condividi",
    "condividilo deel delen udostępnij dela",
)
_CLAP: Final = word_set("clap follow subscribe folge abonniere suivez sígueme suscríbete siga seguimi")
_PRAISED: Final = word_set(
    "if found like liked enjoyed loved getting love wenn gefällt si te hat ti jeśli om gostou gillar gillade"
)
_RATE: Final = word_set(
    "rate bewerten bewerte califica valora avalie notez évaluez valuta beoordeel oceń betygsätt"
)
_THIS: Final = word_set("this our diesen este esta este questo cet dit ten den denna")
_RATED: Final = word_set(
    "article story post newsletter issue page recipe artikel beitrag artículo nota artigo articolo artykuł artikeln"
)
_FRIENDS: Final = word_set(
    "friend friends freunden freunde amigos amigo amis ami amici vrienden znajomym vänner"
)
_TELL: Final = word_set(
    "tell share send invite refer erzähl erzählen sag cuenta cuéntale diga conte parlez dites racconta"
)

_COPY: Final = word_set(
    "copy copia copie copiez kopiere kopieren kopieer skopiuj kopiera copiar copier copiare"
)
_LINK: Final = word_set("link länk länken lien enlace linki")
_PASS_ON: Final = word_set(
    "facebook twitter whatsapp telegram linkedin messenger messengera mail mejl teile teilen deel dela wyślij partagez",
    "comparte compartilhe condividi",
)
_LIVE: Final = word_set(
    "liveblog liveblogs liveblogu direktrapport direktrapporten liveticker newsblog newsticker live directo direct",
    "diretta relację relacja",
)
_FOLLOW: Final = word_set(
    "follow volg följ folgen folge verfolgen śledź obserwuj sigue siga síguelo acompanhe suivez segui lees läs czytaj"
)
_HERE: Final = word_set("here hier här tutaj aquí aqui ici qui")
_STORY: Final = word_set(
    "interview artikel artikeln article reportage verhaal story stuk wywiad tekst artykuł artykule entrevista",
    "artículo nota artigo reportagem matéria articolo intervista entretien reportaje bericht beitrag serie",
)
_LOOK: Final = word_set(
    "read lees lesen läs czytaj przeczytaj lisez leggi see watch bekijk zobacz vea veja voir sehen hör luister",
    "posłuchaj",
)
_MORE: Final = word_set("more meer mer mehr más mais plus più więcej fler weitere all alle alles wszystkie")
_FOUND: Final = word_set(
    "vindt vinden hittar finden findest encontrará encontrarás encontra encontre trouverez trovi trovate find klicka",
    "klik klicken",
)
_FINDS: Final = word_set("znajdziesz przeczytasz znajdziecie przeczytacie znajdą")
_ADVERTISE: Final = word_set(
    "advertise adverteren annonsera zareklamować reklamować werben inserieren anunciarse anunciar annoncer annoncez"
)
_CONTACT: Final = word_set(
    "contact contacto contate contacte contactez contatta kontakt kontakta kontaktieren neem zadzwoń napisz",
    "skontaktuj here hier här us oss nosotros conosco nous",
)
_ACCOUNT: Final = word_set("account konto compte cuenta conta")
_HAVING: Final = word_set("already heb hebt har masz haben hast ya déjà già já tienes avez hai tem do have")
_ENTER_IT: Final = word_set(
    "log logga zaloguj einloggen melden connectez accedi inicia entre inloggen sign identifiez"
)
_LOCKED: Final = word_set("locked låst zarezerwowana zarezerwowany förbehållen gesperrt reserved")
_READERS: Final = word_set(
    "subscribers prenumeranter użytkowników abonnees abonnenten abonnés abbonati suscriptores assinantes prenumeratorów"
)
_USING: Final = word_set(
    "korzystając nutzung utilizando navegando continuing naviguant navigando gebruik användning"
)
_ACCEPTED: Final = word_set(
    "akceptują akceptujesz accept acepta aceita acceptez accetti accepteert godkänner stimmen"
)
_HOUSE: Final = word_set(
    "our ons onze vår vårt våra nasz naszą nasza unser unseren unserem nuestro nosso notre nostra"
)
_GIVE: Final = word_set("doneer wpłać swisha spenden spende donnez skänk wesprzyj donate")
_SUM: Final = word_set("bedrag zł kr euro belopp betrag importe valor montant importo amount kwotę złotych")
FORMS: Final = (
    Form(Kind.SHARE, 0.8, 12, (_COPY, _LINK, _PASS_ON)),
    Form(Kind.RELATED, 0.7, 14, (_LIVE, _HERE | _HOUSE), opens=_FOLLOW),
    Form(Kind.RELATED, 0.7, 16, (_HERE, _STORY), opens=_LOOK),
    Form(Kind.RELATED, 0.7, 14, (_FOUND, _HERE | _HOUSE), opens=_MORE, to_reader=True),
    Form(Kind.RELATED, 0.7, 14, (_FINDS, _HERE | _HOUSE), opens=_MORE),
    Form(Kind.ADVERTISEMENT, 0.75, 22, (_ADVERTISE, _CONTACT)),
    Form(Kind.SUBSCRIBE, 0.75, 12, (_ACCOUNT, _ENTER_IT), opens=_HAVING),
    Form(Kind.PAYWALL, 0.75, 14, (_LOCKED, _READERS)),
    Form(Kind.CONSENT, 0.75, 20, (_USING, _ACCEPTED, _TERMS)),
    Form(Kind.SUBSCRIBE, 0.7, 24, (_GIVE, _SUM), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 60, (_SIGNING, _AGREE, _LETTERS), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 30, (_SIGNING, _AGREE, _LETTERS), opens=_WITH),
    Form(Kind.CONSENT, 0.8, 60, (_SIGNING, _AGREE, _TERMS), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 30, (_AGREE, _LETTERS), opens=_I),
    Form(Kind.NEWSLETTER, 0.8, 25, (_LIST, _WOULD, _TO_GET), opens=_I),
    Form(Kind.NEWSLETTER, 0.8, 14, (_SUBSCRIBED, _STATE, _LIST)),
    Form(Kind.NEWSLETTER, 0.75, 14, (_SIGN_UP, _FAILED, _NOT), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 18, (_INBOX, _ISSUE, _SOON), to_reader=True),
    Form(Kind.NEWSLETTER, 0.7, 18, (_INBOX, _DROPPED), to_reader=True),
    Form(Kind.NEWSLETTER, 0.8, 26, (_EMAIL, _FOR), opens=_ENTER, to_reader=True),
    Form(Kind.NEWSLETTER, 0.75, 10, (frozenset(["newsletters"]), frozenset(["browse", "interested"]))),
    Form(
        Kind.NEWSLETTER,
        0.8,
        60,
        (frozenset(["consented"]), frozenset(["signup", "sign"]), frozenset(["ways"])),
    ),
    Form(
        Kind.NEWSLETTER, 0.8, 60, (frozenset(["newsletters"]), frozenset(["charities"]), frozenset(["ads"]))
    ),
    Form(Kind.CONSENT, 0.8, 60, (frozenset(["recaptcha"]), _TERMS)),
    Form(Kind.SUBSCRIBE, 0.75, 18, (_LOG_IN, _FREELY, _WHERE_TO_READ)),
    Form(Kind.SUBSCRIBE, 0.75, 16, (_SUBSCRIBE, _READ, _WHERE_TO_READ)),
    Form(Kind.PAYWALL, 0.8, 20, (_SUBSCRIBE, _READ, _WHERE_TO_READ, _WHOLE)),
    Form(
        Kind.SUBSCRIBE, 0.75, 34, (_SUBSCRIBERS, frozenset(["print"]), frozenset(["access"])), to_reader=True
    ),
    Form(
        Kind.SUBSCRIBE,
        0.75,
        25,
        (_SUBSCRIBERS, frozenset(["offer"]), frozenset(["new"]), frozenset(["only"])),
    ),
    Form(Kind.APP, 0.8, 14, (_APPS, _GET), opens=_CLICK),
    Form(Kind.SUBSCRIBE, 0.8, 25, (_SUBSCRIBE, _THANKS, _READING)),
    Form(Kind.SHARE, 0.85, 25, (frozenset(["feel"]), frozenset(["public"]), frozenset(["share"]))),
    Form(Kind.SHARE, 0.75, 20, (_SHARE, _PLEASED), opens=_PRAISED),
    Form(Kind.FOLLOW, 0.75, 20, (_CLAP, _PLEASED), opens=_PRAISED),
    Form(Kind.COMMENT, 0.7, 14, (_RATE, _RATED, _THIS), opens=_RATE),
    Form(Kind.COMMENT, 0.7, 14, (_RATE, _RATED), opens=frozenset(["how"]), to_reader=True),
    Form(Kind.SHARE, 0.7, 10, (_FRIENDS, _TELL), opens=_TELL | _PLEASED),
    Form(
        Kind.RELATED,
        0.8,
        9,
        (frozenset(["latest"]), frozenset(["posts"]), frozenset(["by"])),
        opens=frozenset(["latest"]),
    ),
)

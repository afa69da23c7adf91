"""What sites write at their forms and accounts: small print beside a sign-up, what a form answers, who may read on.

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
    "email e-mail mail mailadresse correo courriel indirizzo endereço adres mejl mejladress adresse"
)
_ENTER: Final = word_set(
    "enter type submit gib geben trage tragen introduce ingresa escribe insira digite informe saisissez entrez",
    "renseignez inserisci voer vul podaj wpisz ange fyll",
)
_FOR: Final = word_set(
    "below follow subscribe notified unlock receive first updates notifications join code ein abonnieren erhalten",
    "suscribirte recibir suscribirse receber assinar inscrire recevoir iscriverti ricevere ontvangen otrzymywać",
    "prenumerera",
)
_WHERE_TO_READ: Final = word_set(
    "article articles story stories content rest limits bookmark bookmarks comment artikel beitrag artículo nota",
    "límites limites contenido artigo matéria conteúdo contenu suite articolo contenuto artykuł treść artikeln",
)
_SUBSCRIBE: Final = word_set(
    "subscribe suscríbete suscríbase assine abonnieren abonnez abbonati abonneer subskrybuj prenumerera"
)
_READ: Final = word_set(
    "read unlock access lesen leer lea leggere leggi lire ler leia lezen czytaj läs freischalten"
)
_FREELY: Final = word_set("free need please save create sign")
_LOG_IN: Final = word_set("log login signin register registering account")
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
    "enjoy enjoyed like liked love loved interesting useful helpful value gefallen gefällt gustó gusta gostou",
    "plu plaît aimé piaciuto piace bevallen podobał gillade gillar",
)
_SHARE: Final = word_set(
    "share teilen teile teilt comparte compártelo compartir compartilhe partilhe partagez partager condividi",
    "condividilo deel delen udostępnij dela",
)
_PRAISED: Final = word_set(
    "if found like liked enjoyed loved getting love wenn gefällt si se te hat ti t'è jeśli om gostou gillar gillade"
)
_RATE: Final = word_set(
    "rate bewerten bewerte califica valora avalie notez évaluez valuta beoordeel oceń betygsätt"
)
_RATED: Final = word_set(
    "article story post newsletter issue page recipe artikel beitrag artículo nota artigo articolo artykuł artikeln"
)
_FRIENDS: Final = word_set(
    "friend friends freunden freunde amigos amigo amis ami amici vrienden znajomym vänner"
)
_TELL: Final = word_set(
    "tell share send invite refer erzähl erzählen sag cuenta cuéntale diga conte parlez dites racconta"
)

FORMS: Final = (
    Form(Kind.NEWSLETTER, 0.8, 60, (_SIGNING, _AGREE, _LETTERS)),
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
    Form(Kind.COMMENT, 0.7, 14, (_RATE, _RATED), opens=_RATE | {"how"}),
    Form(Kind.SHARE, 0.7, 10, (_FRIENDS, _TELL), opens=_TELL | _PLEASED),
    Form(
        Kind.RELATED,
        0.8,
        9,
        (frozenset(["latest"]), frozenset(["posts"]), frozenset(["by"])),
        opens=frozenset(["latest"]),
    ),
)

"""Words that give a line of text away, in nine languages: what a prompt asks for, whom it speaks to, what it is about.

These are single words and word beginnings, not phrases: a line is judged by how its words combine (`prompts`)
and by where it stands (`features`). Languages: en, es, pt, de, fr, it, nl, pl, sv.
"""

from __future__ import annotations

from typing import Final

from articles.text import Remembered


class Says:
    """What a word can be a part of: one bit each, plain numbers because millions of words are asked."""

    SUBSCRIBE = 1 << 0
    """Asks for a subscription, a sign-up, a registration."""
    NEWSLETTER = 1 << 1
    """A newsletter, an inbox, an e-mail address, an alert."""
    FOLLOW = 1 << 2
    NETWORK = 1 << 3
    """A social network or messenger by name."""
    SHARE = 1 << 4
    APP = 1 << 5
    RELATED = 1 << 6
    """Points to other pieces: read, also, related, more."""
    READER = 1 << 7
    """Speaks to the reader: you, your."""
    HOUSE = 1 << 8
    """Speaks of the paper itself: our, us, we."""
    OFFER = 1 << 9
    """Free, daily, latest, exclusive: how prompts praise what they offer."""
    ADVERTISEMENT = 1 << 10
    CREDIT = 1 << 11
    """Photo, image, graphic, picture agency: captions and credits."""
    CONSENT = 1 << 12
    COMMENT = 1 << 13
    PAYWALL = 1 << 14
    GO = 1 << 15
    """Verbs that prompts open with: click, tap, get, join, download, learn, support."""
    MINUTES = 1 << 16
    """Minutes, hours, ago, updated, published: furniture of a byline."""
    RIGHTS = 1 << 17
    SUBSCRIPTION = 1 << 18
    """The noun: subscriptions and subscribers are written about, `subscribe` is mostly said to the reader."""


SAYS: Final = {name: bit for name, bit in vars(Says).items() if isinstance(bit, int)}
"""Name and bit of each meaning."""

# A trailing * takes every word with that beginning.
_WORDS: Final[dict[int, str]] = {
    Says.SUBSCRIBE: """
        subscribe signup sign register login
        suscribe suscríb* inscríb* regístr* apúntate assine assinar inscreva* cadastr* registe*
        subscrev* abonnier* anmeld* registrier* abonne abonnez inscri* iscriv* abbonati abbonatevi
        registrati abonneer* inschrijv* aanmeld* meld subskrybuj zapisz zaprenumeruj zarejestruj
        prenumerera registrera*
    """,
    Says.SUBSCRIPTION: """
        subscribes subscriber subscribers subscribing subscribed subscription subscriptions suscrip* assinatura*
        assinante* abonnent* abonnement* abo abos abonné* abonament* abbonament* abbonat* abonnee* subskryp* subskryb*
        prenumerat* prenumerant*
    """,
    Says.NEWSLETTER: """
        newsletter* inbox email emails mailbox mailing alerts notification* e-mail
        boletín boletin boletines correo notificacion* alertas boletim notificações nieuwsbrief* nieuwsbrieven mailadres
        postfach briefing* infolettre* courriel* messagerie rundbrief mailingliste biuletyn* nyhetsbrev* mejl mailen
        posteingang
    """,
    Says.FOLLOW: """
        follow follows following like síguenos siguenos sigue seguir síganos siga siganos acompanhe folgen folge folgt
        suivez suivre seguici segui seguiteci volg volgen śledź obserwuj polub följ gilla curta
    """,
    Says.NETWORK: """
        facebook twitter instagram whatsapp telegram linkedin youtube tiktok pinterest reddit snapchat threads
        bluesky mastodon messenger xing flipboard google spotify podcast podcasts discord tumblr
    """,
    Says.SHARE: """
        share shares sharing teilen teile compartir comparte compártelo compartilhe compartilhar partilhe partilhar
        partager partagez partage condividi condividere delen deel deelt udostępnij dela print tweet email copy link
        imprimir drucken imprimer stampa kopieren merken bookmark save
    """,
    Says.APP: """
        app apps download downloads android iphone ios descarga descárgate descargar aplicación baixe aplicativo
        herunterladen télécharger téléchargez application scarica aplikacja aplikację pobierz ladda appen ipad store
    """,
    Says.RELATED: """
        read related more also see watch recommended trending popular latest next previous continue
        lea leer lee también relacionad* noticias más leia ler também relacionad* mais veja vea mira
        lesen mehr auch weiterlesen weitere lesetipp dazu thema siehe lire aussi plus voir articles liés
        leggi anche leggere correlati altri lees ook meer lezen verder czytaj także też więcej zobacz przeczytaj
        läs också mer även relaterat
    """,
    Says.READER: """
        you your yours yourself tu tus usted ustedes te você vocês sua seu teu ti sie ihr ihre ihren ihrem ihnen du dein
        deine deinen dir euch vous votre vos toi ton tes voi vostro tuo tua tue je jouw uw u twój twoja twoje
        twoją ciebie ci swój dig din ditt dina er ert
    """,
    Says.HOUSE: """
        our us we nuestro nuestra nuestros nuestras nos nosso nossa nossos nossas wir unser unsere unseren unserem
        unserer uns notre nos nous nostro nostra nostri nostre noi ons onze wij nasz nasza nasze naszego naszej naszym
        nam vår våra vårt oss
    """,
    Says.OFFER: """
        free daily weekly latest exclusive unlimited breaking updates delivered straight best top stories
        gratis gratuito gratuita diario últimas novedades exclusivo diariamente novidades kostenlos kostenlose
        kostenlosen täglich neueste aktuell gratuit gratuite gratuitement quotidien quotidienne gratuitamente ogni
        dagelijks bezpłatn* darmow* codziennie najnowsze dagligen senaste kostnadsfritt offer trial month
    """,
    Says.ADVERTISEMENT: """
        advertisement advertisements advertising ad ads sponsored sponsor promoted advertorial anuncio publicidad
        publicidade anúncio werbung anzeige publicité annonce pubblicità advertentie reklama annons affiliate
        commission partner
    """,
    Says.CREDIT: """
        photo photos photograph photographer image images picture credit courtesy getty afp reuters shutterstock ap
        foto fotos imagen crédito créditos imagem bild bilder bildquelle quelle fotograf crédit source immagine
        zdjęcie fot illustration graphic pictured file via istock alamy epa dpa handout caption
    """,
    Says.CONSENT: """
        cookie cookies consent privacy gdpr datenschutz privacidad privacidade confidentialité privacyverklaring
        prywatności integritet terms einwilligung zustimmung
    """,
    Says.COMMENT: """
        comment comments commenting reply replies discussion kommentar kommentare kommentieren comentario comentarios
        comentar comentário comentários commentaire commentaires commenter commento commenti reactie reacties
        komentarz* kommentarer leave
    """,
    Says.PAYWALL: """
        paywall premium access unlock continue reading remaining account logged plus acceso accede acesso zugang
        freischalten accès accedi toegang dostęp tillgång exclusively members member membership mitglied
    """,
    Says.GO: """
        click tap get join download learn discover visit check enter try support donate sign find browse listen buy
        haz clic clique haga únete descubre recibe recibir receba receber participe entre klicken klick jetzt hier
        erhalten holen unterstützen mitmachen cliquez recevez découvrez rejoignez clicca ricevi scopri unisciti
        klik ontvang steun kliknij dołącz otrzymuj sprawdź wspieraj klicka få stöd
    """,
    Says.MINUTES: """
        min mins minutes minute hours hour ago updated published posted last modified edited read reading uhr minuten
        aktualisiert veröffentlicht stand actualizado publicado hace atualizado publié mis jour aggiornato pubblicato
        bijgewerkt gepubliceerd leestijd lesezeit lesedauer opublikowano uppdaterad publicerad written author by
    """,
    Says.RIGHTS: """
        copyright reserved rights © derechos reservados direitos rechte vorbehalten droits réservés diritti riservati
        rechten voorbehouden zastrzeżone disclaimer
    """,
}


def _tables() -> tuple[dict[str, int], dict[str, int]]:
    whole: dict[str, int] = {}
    starts: dict[str, int] = {}
    for meaning, listed in _WORDS.items():
        for word in listed.split():
            table = starts if word.endswith("*") else whole
            key = word.rstrip("*").casefold()
            table[key] = table.get(key, 0) | meaning
    return whole, starts


_WHOLE, _STARTS = _tables()
_HEAD_CHARS: Final = min(map(len, _STARTS))
_BY_HEAD: Final = {
    head: tuple((start, bits) for start, bits in _STARTS.items() if start.startswith(head))
    for head in {start[:_HEAD_CHARS] for start in _STARTS}
}
"""Word beginnings by their first letters: most words share those with none."""


def meanings_of(word: str) -> int:
    """What a casefolded word can be a part of, as the bits of `Says`; 0: nothing known."""
    found = _WHOLE.get(word, 0)
    for start, bits in _BY_HEAD.get(word[:_HEAD_CHARS], ()):
        if word.startswith(start):
            found |= bits
    return found


MEANINGS: Final = Remembered(meanings_of)
"""The same, looked up once for each word."""
says: Final = MEANINGS.__getitem__
"""The same, for one word."""

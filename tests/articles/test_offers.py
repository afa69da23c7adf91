"""Prompts that no order gives away are told by words that only meet in them; labels by having no other words."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import prompt
from articles.sentences import Setting

PROMPTS = {
    "You have reached your limit of free articles.": Kind.PAYWALL,
    "Contenido exclusivo para suscriptores.": Kind.PAYWALL,
    "Stai leggendo uno dei 3 articoli gratuiti di questo mese": Kind.PAYWALL,
    "Ative as notificações do jornal e seja o primeiro a saber.": Kind.APP,
    "También estamos en Telegram.": Kind.FOLLOW,
    "Ci trovi anche su Instagram e Facebook.": Kind.FOLLOW,
    "Vous pouvez vous désinscrire à tout moment.": Kind.NEWSLETTER,
    "Jeden Morgen das Wichtigste in Ihrem Postfach.": Kind.NEWSLETTER,
    "Oferta: todo el diario por 3 € al mes. Cancela cuando quieras.": Kind.SUBSCRIBE,
    "Regala una suscripción": Kind.SUBSCRIBE,
    "Para comentar debes iniciar sesión o registrarte.": Kind.COMMENT,
    "Be the first to comment": Kind.COMMENT,
    "Your email address will not be published.": Kind.COMMENT,
    "Haz clic para compartir en WhatsApp (Se abre en una ventana nueva)": Kind.SHARE,
    "Prohibida su reproducción total o parcial sin autorización expresa.": Kind.CREDIT,
    "Compartir en Facebook": Kind.SHARE,
    "Les plus lus": Kind.RELATED,
    "Thanks for subscribing to our newsletter!": Kind.NEWSLETTER,
    "Danke für Ihre Anmeldung!": Kind.NEWSLETTER,
    "¡Gracias por suscribirte a nuestro boletín!": Kind.NEWSLETTER,
    "Article Continues Below": Kind.ADVERTISEMENT,
    "El artículo continúa abajo": Kind.ADVERTISEMENT,
    "Para ver el mapa necesitamos tu consentimiento.": Kind.CONSENT,
    "Wegen Ihrer Cookie-Einstellungen wird dieser Beitrag nicht angezeigt.": Kind.CONSENT,
    "Contenu externe bloqué": Kind.CONSENT,
    "Noi e i nostri 600 partner archiviamo informazioni sul tuo dispositivo.": Kind.CONSENT,
    "Gérer les préférences": Kind.CONSENT,
    "Abrir na aplicação": Kind.APP,
    "Scannen Sie den QR-Code und lesen Sie unterwegs weiter.": Kind.APP,
    "We have sent you an email: click the link to confirm.": Kind.NEWSLETTER,
    "Veuillez saisir une adresse e-mail valide et réessayer: saisissez-la encore.": Kind.NEWSLETTER,
    "Prueba cuatro semanas por solo 1 euro": Kind.SUBSCRIBE,
    "Spendier uns doch einen Kaffee!": Kind.SUBSCRIBE,
    "Werden Sie Abonnent und lesen Sie ohne Grenzen": Kind.SUBSCRIBE,
    "Kennst du jemanden, dem der Text gefällt? Leite ihn weiter.": Kind.SHARE,
    "Entre no nosso canal do WhatsApp: clique aqui": Kind.FOLLOW,
    "Our podcast: wherever you get your podcasts.": Kind.FOLLOW,
    "Stimmen Sie ab in unserer Umfrage!": Kind.COMMENT,
    "Letters to the editor must not exceed 150 words.": Kind.COMMENT,
    "Fehler im Text entdeckt? Bitte melden": Kind.COMMENT,
    "Las opiniones de los autores no reflejan necesariamente las del diario.": Kind.CREDIT,
    "Den Artikel nachdrucken? Schreiben Sie an den Verlag.": Kind.CREDIT,
    "Dieser Artikel wurde automatisch übersetzt.": Kind.CREDIT,
    "La rédaction n'a pas participé à la réalisation de ce contenu.": Kind.ADVERTISEMENT,
    "Articoli correlati": Kind.RELATED,
    "Contenido patrocinado": Kind.ADVERTISEMENT,
    "Écouter l'article": Kind.APP,
    "Para ver este conteúdo é preciso aceitar os cookies do Instagram.": Kind.CONSENT,
    "Al suscribirte aceptas nuestra política de privacidad.": Kind.CONSENT,
}


@pytest.mark.parametrize("line", PROMPTS)
def test_a_prompt_is_told_by_words_that_only_meet_in_one(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is not None
    assert verdict.kind is PROMPTS[line]
    assert verdict.score >= 0.7


@pytest.mark.parametrize(
    "line",
    [
        "The club gives away 30 free articles of clothing until the end of the month.",
        "Les articles payants de la revue seront gratuits au bout de six mois.",
        "Publicidad encubierta",
        "Comment résilier son abonnement",
        "4. Deel",
        "The commune is also on the river, we are told, and on Telegraph Road.",
        "On écoute la mer, on lit, on partage le pain.",
        "Alle Abonnenten",
        "Thank you for the survey of the harbour, the mayor wrote.",
        "The path continues below the bridge.",
        "The court ruled that the video had been shown without the consent of the family.",
        "Das Gericht bestätigte die Strafe, die Adresse blieb geheim.",
        "The regulator found that 600 partners had stored cookies on the phones of its customers.",
        "Er spendierte der ganzen Mannschaft ein Bier.",
        "Visitors scan a code at the gate, and the app counts them.",
        "Three of four subscribers become members of the club within a year.",
        "The poll was taken in May: 40 percent would vote for the mayor.",
        "An error was found in the report, and the minister did not tell the parliament.",
        "Audio settings",
        "Mehr Grip: du fährst mit weniger Druck.",
        "You also agree to three rules:",
        "Google trains its machines on text that was translated by people, and this is the article that says so.",
        "The council made cookies of the permits, and residents accepted one each.",
        "Are there any podcasts that a harbor pilot should listen to?",
        "He will cancel the lease at any time that suits him, she said, for 30 euros a month.",
        "La reproducción de la tortuga boba comienza en mayo y termina en agosto.",
        "The first comment came from the mayor, the second from his wife, who had not heard the first.",
    ],
)
def test_the_same_words_in_a_report_are_no_sure_prompt(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is None or verdict.score <= 0.6, (
        "below what takes a line out of text that reads like the body"
    )


def test_a_heading_of_the_texts_own_headings_leads_through_it() -> None:
    for line in ("In this article", "In diesem Artikel", "En este artículo"):
        verdict = prompt(line, Setting(tag="h2"))
        assert verdict is not None
        assert verdict.kind is Kind.NAVIGATION
    assert prompt("In this article of 1914 he wrote of peace.", Setting()) is None


def test_an_order_to_click_for_more_points_elsewhere_and_one_for_a_document_does_not() -> None:
    for line in ("CLICK HERE TO READ MORE FROM THE HARROW POST", "Klicken Sie hier für mehr Sport"):
        verdict = prompt(line, Setting())
        assert verdict is not None
        assert verdict.kind is Kind.RELATED
    assert prompt("Click here to read the affidavit of the ferryman.", Setting()) is None

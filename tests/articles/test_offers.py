"""Prompts that no order gives away are told by words that only meet in them; labels by having no other words."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import Setting, prompt

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

"""Notices and pleas under a text are told by their form; reports about rights, commissions and donations stay."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import prompt
from articles.sentences import Setting

HOUSE = "harrowpost"


@pytest.mark.parametrize(
    "line",
    [
        "© 2026 The Harrow Post. Written permission must be obtained before reprinting in any medium.",
        "Copyright 2026 by Ann Walker.",
        "(c) 2026 Kreisbote GmbH",
        "Alle Rechte vorbehalten.",
        "Reservados todos los derechos. © Harrow",
        "Tous droits réservés.",
        "Wszelkie prawa zastrzeżone.",
        "Beitragsbild: Der Hafen am Sonntag, Anna Weber",
        "Photo credit: Kit Sand",
        "Crédit photo : Anne Martin",
        "Photo: Ben Hasty/Getty Images",
        "Hair Stylist: Kehinde Are",
        "Market Styling Assistant: Jahn Affah",
    ],
)
def test_who_holds_the_rights_and_who_made_the_picture_are_credits(line: str) -> None:
    verdict = prompt(line, Setting(house=HOUSE))
    assert verdict is not None
    assert verdict.kind is Kind.CREDIT


@pytest.mark.parametrize(
    "line",
    [
        "This post contains affiliate links.",
        "When you buy through our links, we may earn a commission.",
        "We choose everything independently. Buying through us may earn us a commission, which supports our work.",
        "If you purchase a product through links on our site, The Harrow Post may receive compensation.",
        "Wenn Sie über diese Links kaufen, erhalten wir eine Provision.",
        "Si compras a través de nuestros enlaces, podemos recibir una comisión.",
        "Nous touchons une commission si vous achetez par ces liens.",
        "Se acquisti tramite i link riceviamo una commissione.",
        "Koopt u via deze link, dan ontvangen wij een kleine provisie.",
    ],
)
def test_that_the_paper_earns_by_a_link_is_an_advertisement_label(line: str) -> None:
    verdict = prompt(line, Setting(house=HOUSE))
    assert verdict is not None
    assert verdict.kind is Kind.ADVERTISEMENT
    assert verdict.score >= 0.7


@pytest.mark.parametrize(
    "block",
    [
        "At Harrow Post, we believe that everyone needs journalism, but not everyone can afford to pay for a subscription.",
        "Help keep news free for everyone by giving us as little as $1. Your contribution will go a long way.",
        "Diesen Text haben wir kostenlos veröffentlicht. Wenn Ihnen unsere Arbeit gefällt, freuen wir uns über eine Spende.",
        "Nuestro periodismo es gratuito para todos. Con tu donación nos ayudas a seguir investigando cada día.",
        "Notre journalisme reste gratuit. Vos dons financent notre rédaction et ses enquêtes.",
        "Il nostro giornalismo è gratuito: con una donazione ci aiuti a restare indipendenti.",
        "Onze journalistiek is gratis. Met een donatie of als lid help je ons door te gaan.",
    ],
)
def test_a_block_that_speaks_of_press_and_money_to_the_papers_readers_is_a_plea(block: str) -> None:
    verdict = prompt(block, Setting(house=HOUSE))
    assert verdict is not None
    assert verdict.kind is Kind.SUBSCRIBE
    assert verdict.score >= 0.7


@pytest.mark.parametrize(
    "line",
    [
        "Copyright law was written for printers, and nobody asked what machines would read.",
        "“All rights reserved” was printed on every one of the 300 labels, the customs office said on Monday.",
        "(c) the tenant has been given notice in writing.",
        "Photos of the flood hang in the town hall until Friday.",
        "He kept one photo: It shows a man in a boat.",
        "She had been a producer: a woman of few words.",
        "Cost per Credit: In-State | $472",
        "The agent takes a commission of four percent from whoever buys the house.",
        "Each click on the link costs the shop eleven cents, of which the platform keeps nine as its commission.",
        "The newspaper is free, the donations pay for its newsroom, and its 4,000 members elect the editor.",
        "Mit Spenden finanziert der Verein eine Redaktion aus zwölf Journalisten, die kostenlos für Schulen schreibt.",
        "If you do not want to commit to a subscription, we have good news for you: the free version does the same.",
        "We pay our members nothing, said the chair of the club, and it is free to all who live in the county.",
    ],
)
def test_reports_on_rights_commissions_and_donations_stay(line: str) -> None:
    assert prompt(line, Setting(house=HOUSE, edge=True)) is None


@pytest.mark.parametrize(
    "line",
    [
        "Alex Lowes fährt eine starke Saison, Foto: LAT Images",
        "The ferry left at noon on Sunday. Image: Kit Sand / Harrow Pictures / Harrow Pictures Via Afp",
        "Le pont, dimanche matin. Photo : Anne Martin",
    ],
)
def test_a_sentence_and_the_credit_of_its_picture_are_a_caption(line: str) -> None:
    verdict = prompt(line, Setting(house=HOUSE))
    assert verdict is not None
    assert verdict.kind is Kind.CAPTION
    assert verdict.score >= 0.7


def test_a_download_for_both_stores_is_an_app_wherever_its_verb_stands() -> None:
    line = "For the latest stories and breaking news download the Harrow Post app for iOS and Android."
    verdict = prompt(line, Setting(house=HOUSE, edge=True))
    assert verdict is not None
    assert verdict.kind is Kind.APP
    assert (
        prompt("The council's app for iOS and Android shows where the ferry is.", Setting(house=HOUSE))
        is None
    )

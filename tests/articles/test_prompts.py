"""Prompts are told by what they ask and where they stand; sentences that only speak of such things stay."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import prompt
from articles.sentences import Setting
from tests.support.pages import STORY, article, page

ABOUT = {
    "en": (
        "The council now sends its minutes as a newsletter, and 4,000 people have signed up for it since the spring.",
        "Readers can subscribe for three months or for a year; most of them choose the shorter subscription, she said.",
        "The station asks listeners to follow the regatta on Twitter, and to share their pictures of the boats there.",
        "Follow the river for two miles and you will come to a mill whose owner once printed a paper of his own.",
        "The app costs nothing, but you will need to register before the harbor office lets you book a berth.",
    ),
    "es": (
        "El ayuntamiento envía ahora sus actas en un boletín, y cuatro mil vecinos se han suscrito desde la primavera.",
        "Los suscriptores pagan menos que antes: las suscripciones han caído un tercio, según una encuesta del gremio.",
        "El club pide a sus socios que sigan la regata en Twitter y que compartan las fotos de los barcos.",
    ),
    "pt": (
        "A câmara envia agora as atas numa newsletter, e quatro mil moradores inscreveram-se desde a primavera.",
        "As assinaturas caíram um terço em quatro anos, segundo um inquérito aos editores da região.",
        "O clube pede aos sócios que sigam a regata no Twitter e partilhem as fotografias dos barcos.",
    ),
    "de": (
        "Der Stadtrat verschickt seine Protokolle jetzt als Newsletter, den seit dem Frühjahr 4000 Menschen abonniert haben.",
        "Wer ein Abonnement hat, zahlt weniger als früher; ein Drittel der Abonnenten ist in vier Jahren gegangen.",
        "Der Verein bittet seine Mitglieder, der Regatta auf Twitter zu folgen und die Bilder der Boote zu teilen.",
    ),
    "fr": (
        "La mairie envoie désormais ses comptes rendus par une newsletter, à laquelle 4 000 habitants se sont abonnés.",
        "Les abonnements ont reculé d'un tiers en quatre ans, selon une enquête menée auprès des éditeurs de la région.",
        "Le club demande à ses membres de suivre la régate sur Twitter et de partager les photos des bateaux.",
    ),
    "it": (
        "Il comune invia ora i verbali con una newsletter, alla quale si sono iscritte quattromila persone da aprile.",
        "Gli abbonamenti sono calati di un terzo in quattro anni, secondo un sondaggio tra gli editori della regione.",
        "Il circolo chiede ai soci di seguire la regata su Twitter e di condividere le fotografie delle barche.",
    ),
    "nl": (
        "De gemeente verstuurt haar notulen nu als nieuwsbrief, waarop sinds het voorjaar 4000 mensen zich abonneerden.",
        "Het aantal abonnementen daalde in vier jaar met een derde, blijkt uit een peiling onder de uitgevers.",
        "De vereniging vraagt haar leden de regatta op Twitter te volgen en foto's van de boten te delen.",
    ),
    "pl": (
        "Rada miasta rozsyła teraz protokoły w newsletterze, na który od wiosny zapisało się cztery tysiące osób.",
        "Liczba prenumerat spadła w cztery lata o jedną trzecią, wynika z ankiety wśród wydawców w regionie.",
        "Klub prosi członków, by śledzili regaty na Twitterze i udostępniali zdjęcia łodzi na swoich profilach.",
    ),
    "sv": (
        "Kommunen skickar nu sina protokoll som ett nyhetsbrev, och fyra tusen personer har prenumererat sedan i våras.",
        "Antalet prenumerationer har fallit med en tredjedel på fyra år, enligt en enkät bland utgivarna i länet.",
        "Klubben ber sina medlemmar att följa regattan på Twitter och att dela bilder på båtarna med varandra.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ABOUT)
def test_what_is_written_about_newsletters_networks_and_subscriptions_stays(language: str) -> None:
    around = ABOUT[language]
    paragraphs = (STORY[0], *around, *STORY[1:])
    found = article(page(paragraphs))
    assert found.paragraphs == paragraphs


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Follow us on Facebook and Instagram.", Kind.FOLLOW),
        ("Síguenos en Facebook y en Twitter.", Kind.FOLLOW),
        ("Siga-nos no Instagram e no Facebook.", Kind.FOLLOW),
        ("Folgen Sie uns auf Facebook und Instagram.", Kind.FOLLOW),
        ("Suivez-nous sur Facebook et Instagram.", Kind.FOLLOW),
        ("Seguici su Facebook e su Instagram.", Kind.FOLLOW),
        ("Volg ons op Facebook en Instagram.", Kind.FOLLOW),
        ("Śledź nas na Facebooku: Facebook i Instagram.", Kind.FOLLOW),
        ("Följ oss på Facebook och Instagram.", Kind.FOLLOW),
        ("Support our journalism by becoming a member.", Kind.SUBSCRIBE),
        ("Unterstützen Sie unsere Redaktion mit einer Spende.", Kind.SUBSCRIBE),
        ("Soutenez notre journalisme, faites un don.", Kind.SUBSCRIBE),
        ("Download our free app for iPhone and Android.", Kind.APP),
        ("Descarga nuestra app gratuita.", Kind.APP),
        ("Sign up here.", Kind.SUBSCRIBE),
        ("You might also like:", Kind.RELATED),
        ("Enjoyed this story? Share it with a friend on WhatsApp.", Kind.SHARE),
        ("Tag us @harrowpost and show us your boat!", Kind.FOLLOW),
        ("If you like long walks, subscribe to the Weekend newsletter.", Kind.NEWSLETTER),
        ("Join our WhatsApp channel for breaking news.", Kind.FOLLOW),
        ("Únete a nuestro canal de WhatsApp.", Kind.FOLLOW),
        ("Rejoignez notre chaîne WhatsApp.", Kind.FOLLOW),
        ("Unisciti al nostro canale WhatsApp.", Kind.FOLLOW),
        ("Entre no nosso canal do WhatsApp.", Kind.FOLLOW),
        ("Dołącz do naszego kanału na WhatsApp.", Kind.FOLLOW),
        ("Obserwuj nas na WhatsAppie i Facebooku.", Kind.FOLLOW),
        ("Keine Nachricht mehr verpassen: Hier geht es zu unserem kostenlosen WhatsApp-Kanal.", Kind.FOLLOW),
        ("Pobierz naszą darmową aplikację.", Kind.APP),
        ("Ladda ner vår gratis app.", Kind.APP),
        ("Become a member and support local journalism.", Kind.SUBSCRIBE),
        ("Like what you read? Share this article with your friends.", Kind.SHARE),
        ("Comparte esta noticia con tus amigos.", Kind.SHARE),
        ("Teilen Sie diesen Artikel auf Facebook.", Kind.SHARE),
        ("Udostępnij ten artykuł na Facebooku.", Kind.SHARE),
        ("Share this:", Kind.SHARE),
        ("Already a subscriber? Log in here.", Kind.SUBSCRIBE),
        ("¿Ya eres suscriptor? Inicia sesión.", Kind.SUBSCRIBE),
        ("Déjà abonné ? Connectez-vous.", Kind.SUBSCRIBE),
        ("Sei già abbonato? Accedi.", Kind.SUBSCRIBE),
        ("Al abonnee? Log in.", Kind.SUBSCRIBE),
        ("Jesteś już subskrybentem? Zaloguj się.", Kind.SUBSCRIBE),
        ("Redan prenumerant? Logga in.", Kind.SUBSCRIBE),
        ("Click here to subscribe to The Harrow Post.", Kind.SUBSCRIBE),
        ("Werden Sie Mitglied und lesen Sie ohne Werbung weiter.", Kind.SUBSCRIBE),
        ("Torne-se assinante e leia sem limites.", Kind.SUBSCRIBE),
        ("Soutenez notre rédaction par un don.", Kind.SUBSCRIBE),
        ("Sign in or create a free account to continue reading.", Kind.PAYWALL),
        ("This article is for subscribers only.", Kind.PAYWALL),
        ("Cet article est réservé aux abonnés.", Kind.PAYWALL),
        ("We use cookies to improve your experience. Accept all cookies.", Kind.CONSENT),
        ("Story continues below advertisement", Kind.ADVERTISEMENT),
        ("Listen to our podcast on Spotify and Apple Podcasts.", Kind.FOLLOW),
        ("Le puede interesar: El transbordador que se hundió", Kind.RELATED),
        ("Enjoying this story? Support independent local journalism by becoming a member.", Kind.SUBSCRIBE),
        ("Like what you're reading? Become a member.", Kind.SUBSCRIBE),
        ("If you enjoyed this, please consider making a donation to keep journalism free.", Kind.SUBSCRIBE),
        ("Help us keep reporting: become a supporter from £3 a month.", Kind.SUBSCRIBE),
        ("Unterstützen Sie unabhängigen Journalismus mit einer Spende.", Kind.SUBSCRIBE),
        ("Apoya el periodismo independiente y hazte socio.", Kind.SUBSCRIBE),
        ("Soutenez le journalisme indépendant, faites un don.", Kind.SUBSCRIBE),
        ("Steun onafhankelijke journalistiek met een donatie.", Kind.SUBSCRIBE),
        ("Stötta oberoende journalistik med en gåva.", Kind.SUBSCRIBE),
        ("Wesprzyj niezależne dziennikarstwo darowizną.", Kind.SUBSCRIBE),
        ("We need your support: our paper is funded by readers like you.", Kind.SUBSCRIBE),
    ],
)
def test_a_line_that_asks_is_known_by_its_words_alone(line: str, kind: Kind) -> None:
    verdict = prompt(line, Setting())
    assert verdict is not None
    assert verdict.kind is kind
    assert verdict.score >= 0.55


@pytest.mark.parametrize(
    "line",
    [
        "Following these steps, we will analyze the goals of the project and what it needs.",
        "You can choose to subscribe for three, six or twelve months, at ten to six dollars a month.",
        "Scrutor lets you define rules for discovering and registering services in a collection.",
        "Like previous images we have seen, these photos show the costumes in every detail.",
        "Get up to three months for free if you opt for a longer contract.",
        "Email marketing",
        "Link building",
        "Anmeldungen ausverkauft",
        "The union said it would support independent journalism by becoming a member of the alliance.",
        "Residents who enjoy the festival can support it by becoming a member of the trust.",
        "Your support keeps the quay alive, the mayor told the fishermen.",
        "The orchestra is funded by readers of the almanac and by the county.",
        "Comment réagissent les pêcheurs ?",
        "The US must follow the others on Facebook, he told us.",
        "“Subscribe to our newsletter and share it,” says the sign that hangs above the counter of the bakery.",
    ],
)
def test_a_line_that_only_has_the_words_is_no_prompt(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is None or verdict.score < 0.55


def test_a_paper_asks_in_its_own_name_with_or_without_its_article() -> None:
    verdict = prompt("Folgen Sie der Harrow Post auf Instagram.", Setting(house="theharrowpost"))
    assert verdict is not None
    assert verdict.score >= 0.7


LOOK_ALIKE = {
    "en": (
        "Download speeds on the island have doubled since the cable was laid, the company said, and will double again.",
        "You can sign up for the ferry at the town hall until Friday, the clerk said, and bring your own chair.",
        "Follow the signs to the harbor, park behind the church and take the stairs, the organizers advise.",
        "Share prices of the three publishers fell on Tuesday after Facebook said that it would show fewer links to news.",
        "Get your free flu shot at the fire station on Saturday; nurses will be there from nine to noon.",
        "Subscribe or leave, the two brothers were told: there was no third way into the reading society of 1820.",
        "Our newsletter of 1974 announced it in three lines, the club's archivist recalled, and nobody noticed.",
        "Click here, the screen said, and when she did her savings were gone.",
        "Join the dots, the prosecutor told the jury, and you will see who held the money all along.",
        "We use cookies as bait, the ranger said, and the bears come down from the hill by nine.",
        "Is he a subscriber? Nobody at the paper would say, and the list of members was burned in 1971.",
        "Click on the map to sign up for a shift, the posters said, and forty people did within the hour.",
        "Sign in at the gate, keep to the left of the rope and read the board before you swim, the sign says.",
        "Only subscribers were let in, and the story went around that two of them had never read a line of it.",
        "Share the road with the ferry queue on Saturdays, the sheriff asks, and leave the harbor lane free.",
        "Become a member of the choir and you will support a tradition of 90 years, the parish priest likes to say.",
    ),
    "es": (
        "«Suscríbase a nuestro boletín», decía el cartel de la puerta, y nadie lo leyó en treinta años.",
        "Siga el río dos kilómetros y llegará a un molino cuyo dueño imprimía su propio periódico.",
        "Entre nosotros hay un grupo que prefiere Facebook y otro que no quiere saber nada de las redes.",
    ),
    "pt": (
        "«Assine a nossa newsletter», dizia o cartaz na porta, e ninguém o leu em trinta anos.",
        "Os moradores podem inscrever-se na câmara até sexta-feira, disse a vereadora.",
    ),
    "de": (
        "„Abonnieren Sie unseren Newsletter“, steht auf dem Schild über der Theke, und darunter ein Strichcode.",
        "Folgen Sie dem Fluss zwei Kilometer weit, rät der Wanderführer, und Sie kommen an eine alte Mühle.",
        "Anmelden können sich Kinder ab sechs Jahren im Vereinsheim, sagte der Vorsitzende am Montag.",
    ),
    "fr": (
        "« Abonnez-vous à notre lettre », disait l'affiche, mais personne ne l'avait lue depuis trente ans.",
        "Suivez la rivière sur deux kilomètres et vous arriverez à un moulin dont le maître imprimait son journal.",
    ),
    "it": (
        "«Iscriviti alla nostra newsletter», diceva il cartello sulla porta, e nessuno lo leggeva da anni.",
        "I residenti possono iscriversi in comune fino a venerdì, ha detto l'assessora ai trasporti.",
    ),
    "nl": (
        "„Meld u aan voor onze nieuwsbrief”, stond er op het bord bij de deur, en niemand las het ooit.",
        "Bewoners kunnen zich tot vrijdag aanmelden op het gemeentehuis, zei de wethouder.",
    ),
    "pl": (
        "„Zapisz się do naszego newslettera”, głosił napis na drzwiach, ale nikt go nie czytał od lat.",
        "Mieszkańcy mogą zapisać się w urzędzie do piątku, powiedziała radna.",
    ),
    "sv": (
        "”Prenumerera på vårt nyhetsbrev”, stod det på skylten vid dörren, men ingen hade läst den på åratal.",
        "Invånarna kan anmäla sig i kommunhuset fram till fredag, sade kommunalrådet.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", [1, 3, len(STORY)])
@pytest.mark.parametrize("language", LOOK_ALIKE)
def test_sentences_built_like_prompts_stay_wherever_they_stand(language: str, place: int) -> None:
    for sentence in LOOK_ALIKE[language]:
        paragraphs = (*STORY[:place], sentence, *STORY[place:])
        assert article(page(paragraphs)).paragraphs == paragraphs


def test_where_a_line_stands_makes_it_surer() -> None:
    line = "Subscribe to the letter"
    plain = prompt(line, Setting())
    assert plain is not None
    for setting in (Setting(in_form=True), Setting(signs_up=True), Setting(link_share=1.0)):
        placed = prompt(line, setting)
        assert placed is not None
        assert placed.score > plain.score


def test_a_box_under_the_label_advertisement_goes_whole() -> None:
    box = ('<div class="x7"><span>Advertisement</span><div><p>Harrow Boats is a family yard. We build to order and '
           'ship to every port on the coast.</p></div></div>')  # fmt: skip
    found = article(page().replace(b"<p>Residents", box.encode() + b"<p>Residents"))
    assert found.paragraphs == STORY
    told = {removed.text: removed.kind for removed in found.removed}
    assert told["Advertisement"] is Kind.ADVERTISEMENT


def test_two_weak_prompts_side_by_side_go_together() -> None:
    pair = ("Subscribe to Latin Post!", "Sign up for our free newsletter for the latest coverage!")
    assert article(page((*STORY, *pair))).paragraphs == STORY


def test_a_heading_goes_with_the_prompt_that_it_heads_and_stays_above_text() -> None:
    box = "<h3>Newsletter</h3><p>Sign up for our free morning newsletter.</p>"
    assert article(page((*STORY, ""), after=f"{box}<p>{STORY[0]} So it was.</p>")).paragraphs[:5] == STORY
    assert "Newsletter" not in article(page(after=f"{box}<p>The {STORY[1]}</p>")).paragraphs
    about = "<h3>Newsletter</h3><p>The minutes of the council are sent to four thousand people as a newsletter.</p>"
    assert "Newsletter" in article(page(after=f"{about}<p>The {STORY[1]}</p>")).paragraphs


def test_a_label_is_a_heading_where_text_follows_it() -> None:
    paragraphs = (*STORY[:2], "Recommended courses:", *STORY[2:])
    assert "Recommended courses:" in article(page(paragraphs)).paragraphs


@pytest.mark.parametrize(
    "label",
    [
        "PUEDES VER:", "Lee también:", "Te recomendamos:", "Leé más:", "No te pierdas:", "LEA ADEMÁS |",
        "Leia também:", "Saiba mais:", "Confira:",
        "À lire aussi :", "» LIRE AUSSI -", "Sur le même sujet :", "À découvrir aussi :",
        "Lesen Sie auch:", "Passend dazu:", "Das könnte Sie auch interessieren:",
        "LEGGI ANCHE >", "Per saperne di più:", "Vedi anche:",
        "Lees ook:", "Bekijk ook:", "Ook interessant:",
        "Czytaj także:", "Zobacz również:", "Polecamy:",
        "Läs också:", "Se även:", "Missa inte:",
        "À lire aussi", "Lesen Sie auch", "Les også", "Leia também", "Must read:",
    ],
)  # fmt: skip
def test_a_label_of_further_reading_and_a_headline_point_to_another_story(label: str) -> None:
    verdict = prompt(f"{label} Council closes the bridge at Harrow Lane", Setting())
    assert verdict is not None
    assert verdict.kind is Kind.RELATED
    assert verdict.score >= 0.7


@pytest.mark.parametrize(
    "line",
    [
        "También: el alcalde dijo que no.",
        "Más: así se llama el barco que encalló el lunes en la playa de Harrow.",
        "Auch sie: am Montag kamen 300 Menschen aus dem Nachbarort.",
        "Sie lesen: das ist alles, was er über seine Kinder sagen will.",
        "Mira: ahí está el puente, dijo la vecina antes de cerrar la ventana.",
        "Voir Naples et mourir : le guide du quartier espagnol en dix adresses.",
        "Ook: de bakker, de smid en de burgemeester waren er.",
        "Lesen Sie auch die Packungsbeilage, bevor Sie das Mittel nehmen.",
        "Leia também em voz alta para as crianças antes de dormir.",
    ],
)
def test_a_sentence_with_a_colon_is_no_sure_label_for_its_words_alone(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is None or verdict.score < 0.6, (
        "below what takes a line out of text that reads like the body"
    )

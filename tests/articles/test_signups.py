"""What sites write at forms, accounts and buttons, told from reports and instructions in the same words."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import prompt
from articles.sentences import Setting

STRIPPED = 0.7


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (
            "By signing up you consent to receive the above newsletter from Postmedia Network Inc.",
            Kind.NEWSLETTER,
        ),
        ("I would like to receive the weekly newsletter", Kind.NEWSLETTER),
        ("Ja, ich möchte den Newsletter erhalten", Kind.NEWSLETTER),
        ("You are already subscribed to our newsletter.", Kind.NEWSLETTER),
        ("Your subscription could not be saved. Please try again.", Kind.NEWSLETTER),
        ("The next issue of Top Stories will soon be in your inbox.", Kind.NEWSLETTER),
        ("Enter your email address to follow this blog.", Kind.NEWSLETTER),
        ("Interested in more newsletters? Browse here.", Kind.NEWSLETTER),
        ("Please log in to bookmark this story.", Kind.SUBSCRIBE),
        ("To read the rest of this story subscribe to the Tide.", Kind.PAYWALL),
        ("If you are a print subscriber, online access is included for you.", Kind.SUBSCRIBE),
        ("CLICK HERE TO GET THE HARROW APP", Kind.APP),
        ("Klicken Sie hier, um die App herunterzuladen: App laden", Kind.APP),
        ("This post is public so feel free to share it.", Kind.SHARE),
        ("If you enjoyed this, please share it!", Kind.SHARE),
        ("Rate this article", Kind.COMMENT),
        ("Subscribe for $1 a week to read this article and all of our reporting.", Kind.PAYWALL),
        ("Heb je al een account? Log dan in", Kind.SUBSCRIBE),
        ("Har du redan ett konto? Logga in här.", Kind.SUBSCRIBE),
        ("Kopieer de link of deel hem via WhatsApp", Kind.SHARE),
        ("Adverteren op deze plek? Neem contact op met ons.", Kind.ADVERTISEMENT),
        ("Korzystając ze strony, akceptują Państwo politykę prywatności i regulamin.", Kind.CONSENT),
        ("Följ vår direktrapport här", Kind.RELATED),
    ],
)
def test_what_stands_at_forms_and_accounts_is_a_prompt(line: str, kind: Kind) -> None:
    verdict = prompt(line, Setting())
    assert verdict is not None
    assert verdict.kind is kind
    assert verdict.score >= STRIPPED


@pytest.mark.parametrize(
    "line",
    [
        "Keep Reading", "Weiterlesen »", "Seguir leyendo", "Lire la suite", "Back to top", "Most Read", "Czytaj też",
        "Link copied!", "Newsletter Sign Up", "Create an account", "Leave a reply", "Meist gelesen", "Läs mer",
        "Folgen Sie uns auf Facebook", "Follow us on social media", "Facebook Twitter LinkedIn",
        "Share on Tumblr (opens in a new window)", "Facebook (wird in einem neuen Fenster geöffnet)",
    ],
)  # fmt: skip
def test_what_buttons_and_lists_are_called_is_told_wherever_it_stands(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is not None
    assert verdict.score >= 0.6


@pytest.mark.parametrize(
    "line",
    [
        "By signing the treaty both countries agree to cut their fleets by a third.",
        "Users who agree to receive emails get nine a day on average, the study found.",
        "She subscribed to the paper in 1962 and never gave it up.",
        "Enter the building by the side door, the notice says.",
        "Log in with your bank's card and choose Transfers from the menu.",
        "The app gets a new look, and users will have to click twice to get to their photos.",
        "Rate cuts are likely in spring, the bank's chief economist said.",
        "He asked his friends to tell the police what they had seen.",
        "A new window opens: the window shows all the files that were deleted.",
        "Klicken Sie auf Start: Das Fenster mit der Systemsteuerung öffnet sich.",
        "YouTube, TikTok, X",
        "There are 41 newsletters in a town of 9,000. Sign up for the plumber’s and you learn about frost.",
        "Users who register agree to get emails from eleven partners, the court found.",
        "Mit Creative Commons können Urheber von Fotos und Texten in wenigen Schritten Rechte einräumen.",
        "Mehr Informationen finden Sie bei der Landesregierung.",
        "Schon 300 Kunden melden ein leeres Konto.",
        "Lee spoke here about the article and the trouble it caused.",
        "How the interest rate story moved the markets",
        "What you have done with the amount is up to you, the judge said.",
        "Follow the river for two miles and turn left at the mill.",
    ],
)
def test_reports_and_instructions_in_the_same_words_are_text(line: str) -> None:
    verdict = prompt(line, Setting())
    assert verdict is None or verdict.score < 0.5


def test_a_heading_of_instructions_is_no_button() -> None:
    assert prompt("Create an account", Setting(tag="h3")) is None
    linked = prompt("Create an account", Setting(tag="h3", link_share=1.0))
    assert linked is not None

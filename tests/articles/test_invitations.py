"""What a paper invites its readers to send is no text; what others ask for is news."""

from __future__ import annotations

import pytest

from articles.model import Kind
from articles.prompts import prompt
from articles.sentences import Setting

HOUSE = "harrowpost"


@pytest.mark.parametrize(
    "line",
    [
        "Do you have a story? Email us at desk@paper.example.",
        "Got a tip? Send it to tips@harrowpost.example.",
        "Send your letters to the editor to letters@harrowpost.example.",
        "What do you think? Let us know in the comments below.",
        "Share your thoughts in the comments section.",
        "Haben Sie einen Fehler entdeckt? Schreiben Sie uns.",
        "¿Tienes una historia que contar? Escríbenos a redaccion@diario.example.",
        "Déjanos tu opinión en los comentarios.",
        "Vous avez une information à nous transmettre ? Écrivez-nous à redaction@journal.example.",
        "Lascia un commento.",
        "Heb je een tip? Mail ons.",
        "Har du tips? Mejla oss på tips@tidningen.example.",
    ],
)
def test_an_invitation_to_write_to_the_paper_is_told_as_one(line: str) -> None:
    verdict = prompt(line, Setting(house=HOUSE))
    assert verdict is not None
    assert verdict.kind is Kind.COMMENT
    assert verdict.score >= 0.55


@pytest.mark.parametrize(
    "line",
    [
        "Have you seen the boat? Call the harbor police at 555-0100.",
        "Ready to plan your wedding? Contact the mill to book a tour.",
        "Do you know your rights? Write to the ombudsman, who answers within ten days.",
        "“Do you have a tip? Email us,” says the poster that the sheriff put up in every bar.",
        "Wer etwas gesehen hat, möge sich bei der Polizei unter 0123 456 melden.",
        "Deja la masa en la nevera durante una hora antes de freírla.",
        "Let the dough rest, share it among six forms and leave these in the sun.",
        "Hai un dubbio? Chiama il numero verde della Regione, attivo dalle 8 alle 20.",
    ],
)
def test_what_others_ask_for_stays(line: str) -> None:
    assert prompt(line, Setting(house=HOUSE, edge=True)) is None

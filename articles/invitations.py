"""What readers are invited to send: comments, tips, letters, pictures.

Told from whom it is sent to: the paper itself (`us`, its name, its own address). What others ask for, the police for
witnesses or a club for members, is news.
"""

from __future__ import annotations

import re
from typing import Final

from articles.forms import Form
from articles.lexicon import Says, says
from articles.model import Kind
from articles.text import folded, word_set

MOST_WORDS: Final = 45

_WRITE: Final = word_set(
    "email mail contact write call send submit tell share message text phone schreiben schreib schicken schick",
    "senden melden mailen kontaktieren escríbenos escríbanos escribe escriba envíanos envíenos envía envíe",
    "contacta contáctanos cuéntanos cuéntenos mándanos envie envia escreva mande conte fale contacte écrivez",
    "écris envoyez contactez signalez racontez scrivi scrivici scriveteci invia inviaci manda contattaci",
    "raccontaci segnalaci stuur schrijf neem vertel napisz wyślij prześlij skontaktuj zadzwoń mejla maila skriv",
    "skicka kontakta hör berätta let get dinos",
    "messa daj upload tipsa swisha",
)
_SENT: Final = word_set(
    "story stories tip tips letter letters photos pictures feedback error correction question questions hinweis",
    "hinweise fehler leserbrief leserbriefe meinung fotos frage fragen historia historias opinión cartas foto",
    "sugestão sugestões pauta denúncia erro opinião information informations témoignage avis erreur storia",
    "segnalazione segnalazioni lettera lettere fout vraag mening verhaal temat zdjęcia informację informacje błąd",
    "opinię fel åsikt insändare bilder affected thoughts comments",
    "zdjęcie bild reportage sygnały",
)
_THOUGHTS: Final = word_set(
    "leave share let tell join deja déjanos déjenos deje cuéntanos dinos deixe dê laissez donnez réagissez lascia",
    "scrivi laat reageer geef zostaw napisz podziel lämna skriv kommentera diskutieren schreiben schreib",
    "hinterlassen dites diteci vertel berätta comenta comente commentez commenta skomentuj",
)
_SAID: Final = word_set(
    "comment comments kommentar kommentare kommentaren kommentarspalte comentario comentarios comentário",
    "comentários commentaire commentaires commento commenti reactie reacties komentarz komentarzu komentarzach",
    "opinión opinião avis opinione mening opinię åsikt meinung thoughts",
)
_REACT: Final = word_set("réagissez reageer kommentera comenta comente commentez commenta skomentuj")
_PIECE: Final = word_set("artikel article artículo nota artigo articolo artikeln artykuł")
_ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def invites(text: str, tokens: list[str], house: str) -> float:
    """How surely a block invites readers to send its paper something, 0: not; `house`: its name as one word."""
    count = len(tokens)
    if not 3 <= count <= MOST_WORDS:
        return 0.0
    last = folded(text[text.rstrip().rstrip(".!?").rfind("? ") + 1 :]) if "?" in text else tokens
    opening = next((word for word in last if word not in _FILLED), "")
    if (
        opening in _THOUGHTS
        and len(last) <= 12
        and not _SAID.isdisjoint(last[1:5])
        and _EMPTY.isdisjoint(last)
    ):
        return 0.7
    if not _TO_US.isdisjoint(tokens) and any(says(word) & Says.READER for word in tokens):
        return 0.7
    if opening not in _WRITE:
        return 0.0
    address = _ADDRESS.search(text)
    own_address = address is not None and len(house) > 3 and house in address.group(1).replace("-", "")
    if not own_address and opening not in _TO_US and not any(says(word) & Says.HOUSE for word in last[1:4]):
        return 0.0
    asked = "?" in text and any(says(word) & Says.READER for word in tokens[:6])
    return 0.75 if asked or (address and not _SENT.isdisjoint(tokens)) else 0.0


_POLL: Final = word_set(
    "poll survey encuesta enquete inquérito sondage sondaggio umfrage leserbefragung leserumfrage peiling enquête",
    "ankieta ankiecie sonda omröstning enkät",
)
_VOTE: Final = word_set(
    "vote take answer vota votá participa responda responde votez répondez stimmen stimmt abstimmen rispondi stem",
    "zagłosuj rösta svara teilnehmen nehmen",
)
_VOTE_NOW: Final = word_set(
    "votez vota votá votad votate participa répondez rispondi abstimmen zagłosuj röstaoddaj stem",
)
_LETTERS: Final = word_set(
    "letters leserbriefe leserbrief cartas carta lettres lettere brieven listy insändare",
    "lezersbrief lezersbrieven replik debattartikel",
)
_TO_EDITOR: Final = word_set(
    "editor director directeur direttore redactie redakcji redaktionen redaktion leserforum anschrift redacción",
    "lectores",
)
_LENGTH: Final = word_set(
    "words word wörter zeichen palabras caracteres mots signes parole battute woorden tekens słów znaków ord tecken",
    "address anschrift telefonnummer dni kürzungen kürzen",
)
_HOTLINE: Final = word_set(
    "confidential securely secure vertraulich anonym sicher segura seguro confidencial"
)
_TIP: Final = word_set(
    "tip tips information hinweis hinweise informationen información informações información história historia story"
)
_MISTAKE: Final = word_set(
    "mistake error errors fehler error errores erro erros erreur errore fout błąd fel typo",
    "foutje felet literówka literówkę skrivfel",
)
_SPOTTED: Final = word_set(
    "spotted found seen gefunden entdeckt encontrado encontraste encontrou viste viu trouvé trovato gezien ontdekt",
    "zauważyłeś znalazłeś hittat settar",
    "sett znaleziony zauważony",
)
_TOLD: Final = word_set(
    "report tell email melden meldung schreiben schreib escríbenos escríbanos avise avisa signalez segnalacelo meld",
    "mail zgłoś napisz mejla corrections korrektur contact",
    "rapportera",
)
FORMS: Final = (
    Form(Kind.COMMENT, 0.75, 20, (_POLL, _VOTE), own=True),
    Form(Kind.COMMENT, 0.75, 20, (_POLL,), opens=_VOTE),
    Form(Kind.COMMENT, 0.75, 20, (_POLL, _VOTE_NOW), opens=_POLL),
    Form(Kind.COMMENT, 0.8, 35, (_LETTERS, _TO_EDITOR, _LENGTH)),
    Form(Kind.COMMENT, 0.75, 25, (_HOTLINE, _TIP), own=True),
    Form(Kind.COMMENT, 0.75, 14, (_MISTAKE, _SPOTTED, _TOLD)),
)

KEYS: Final = _REACT
"""Orders that no other word of a prompt need stand with."""
_EMPTY: Final = word_set(
    "field empty blank feld leer vacío campo vazio champ vide vuoto leeg veld puste pole tomt"
)
"""What else `leave` is said of."""
_FILLED: Final = word_set("please bitte por favor dann then so and und also in the just it on to")
_TO_US: Final = word_set(
    "avísanos avísenos raccontateci scrivilo comentanos coméntanos escríbenos escríbanos envíanos envíenos",
    "contáctanos cuéntanos cuéntenos mándanos déjanos scrivici scriveteci inviaci contattaci raccontaci segnalaci",
    "inviateci mandateci scriveteci raccontateci scrivetecelo scrivetemi ditecelo",
)
"""Orders with `us` in them."""

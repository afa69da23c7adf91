"""What words tell, looked up once each, and the words of blocks, split once each."""

from articles.blocks import blocks_of
from articles.features import Context, Hints, Lore, Vocabulary
from articles.lexicon import MEANINGS
from articles.page import parse
from articles.text import folded

LORE = {"said": 1.5, "newsletter": -2.0}
WORDS = ["said", "newsletter", "said", "abonnentinnen", "überall", "x" * 1_000, "said"]


def test_each_word_tells_its_log_odds_and_its_meanings() -> None:
    weights, meanings = Vocabulary(LORE).told(WORDS)
    assert weights.tolist() == [LORE.get(word, 0.0) for word in WORDS]
    assert meanings.tolist() == [MEANINGS[word] for word in WORDS]
    assert meanings[1]
    assert meanings[3]


def test_a_full_vocabulary_forgets_between_two_pages_and_tells_the_same() -> None:
    vocabulary = Vocabulary(LORE)
    many = [f"word{number}" for number in range(70_000)] + WORDS
    weights, _ = vocabulary.told(many)
    assert weights[-7:].tolist() == [LORE.get(word, 0.0) for word in WORDS]
    weights, meanings = vocabulary.told(WORDS)
    assert weights.tolist() == [LORE.get(word, 0.0) for word in WORDS]
    assert meanings.tolist() == [MEANINGS[word] for word in WORDS]
    assert len(vocabulary) < 10


def test_words_too_long_to_be_kept_are_not() -> None:
    vocabulary = Vocabulary(LORE)
    vocabulary.told(["x" * 1_000, "said"])
    assert list(vocabulary) == ["said"]


def test_a_block_has_the_words_that_its_text_folds_to_however_long_it_is() -> None:
    texts = ["Größe “µ” ſaß", "Σίσυφος ΣΑΣ", "word " * 900, "“Curly” — dashes…", "一二三 four"]
    html = "".join(f"<p>{text}</p>" for text in texts)
    for page in (html, f"<p>{texts[2]}</p><p>{texts[3]}</p>"):
        blocks = blocks_of(parse(page, "https://example.org/a"))
        context = Context(blocks, Hints(), Lore(words={}, names={}))
        context.matrix()
        assert [context.tokens(i) for i in range(len(blocks))] == [folded(text) for text in blocks.text]

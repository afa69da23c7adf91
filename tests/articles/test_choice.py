"""The body is chosen page by page: where to cut, which runs, and nothing twice."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks import blocks_of
from articles.choice import (
    EDGE,
    LEAST_CUT,
    MOST_WORDS,
    SPLIT,
    best_chain,
    choose,
    page_cut,
    without_doubles,
    without_hidden,
    without_second_article,
)
from articles.features import Context, Hints, Lore
from articles.page import parse

SENTENCE = "The river rose by two metres in a night and the lower town was under water at dawn. "


def context_of(html: str) -> Context:
    """What the reader sees of a page."""
    context = Context(blocks_of(parse(html, "https://example.org/a")), Hints(), Lore(words={}, names={}))
    context.matrix()
    return context


def chosen(context: Context, taken: np.ndarray) -> list[str]:
    """The texts of the chosen blocks."""
    return [text for text, yes in zip(context.blocks.text, taken, strict=True) if yes]


pages = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 40), st.booleans()), min_size=1, max_size=8
).map(lambda rows: rows)


@given(pages)
def test_no_other_choice_is_worth_more_than_the_chain(rows: list[tuple[int, int, bool]]) -> None:
    html = "".join(
        f"<{'div' if alone else 'p'}>{'word ' * words}</{'div' if alone else 'p'}>"
        if not alone
        else f"<section><div>{'word ' * words}</div></section>"
        for _, words, alone in rows
    )
    context = context_of(html)
    chance = np.array([p / 100 for p, _, _ in rows])
    gain = (chance - page_cut(chance, context.words)) * np.minimum(context.words, MOST_WORDS)
    parent = context.ancestors[1]

    def worth(choice: tuple[bool, ...]) -> float:
        changes = sum(
            (SPLIT if i and parent[i] == parent[i - 1] else EDGE)
            for i, (before, now) in enumerate(zip((False, *choice), choice, strict=False))
            if before != now
        )
        return float(gain @ np.array(choice, float)) - changes

    best = max(map(worth, product([False, True], repeat=len(rows))))
    assert np.isclose(worth(tuple(bool(b) for b in best_chain(chance, context))), best, atol=1e-6)


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.integers(1, 200)), min_size=1, max_size=30))
def test_the_cut_is_half_the_best_f1_that_can_be_expected(page: list[tuple[float, int]]) -> None:
    chance, words = np.array([p for p, _ in page]), np.array([float(n) for _, n in page])
    total = float((chance * words).sum())
    best = max(
        2 * float((chance * words)[chance >= at].sum()) / (float(words[chance >= at].sum()) + total)
        for at in chance
    )
    assert np.isclose(page_cut(chance, words), max(LEAST_CUT, best / 2))


def test_a_page_full_of_doubt_is_cut_lower_than_a_clear_one() -> None:
    words = np.full(10, 30.0)
    clear = page_cut(np.array([0.99] * 5 + [0.01] * 5), words)
    doubtful = page_cut(np.array([0.4] * 5 + [0.2] * 5), words)
    assert doubtful < 0.35 < clear <= 0.5


def test_a_short_line_of_doubt_between_paragraphs_stays_with_them() -> None:
    context = context_of(f"<p>{SENTENCE}</p><p>Two</p><p>Again {SENTENCE}</p>")
    assert choose(np.array([0.99, 0.35, 0.99]), context).all()


def test_a_text_set_twice_for_two_layouts_is_read_once() -> None:
    lines = [f"{SENTENCE}Paragraph number {n} says so." for n in range(5)]
    text = "".join(f"<p>{line}</p>" for line in lines)
    context = context_of(f"<div class='wide'>{text}</div><div class='phone'>{text}</div>")
    assert chosen(context, without_doubles(np.ones(10, bool), context)) == lines


def test_a_refrain_is_no_copy() -> None:
    chorus = f"<p>And the river will not wait, and the river will not wait for anybody. {SENTENCE * 3}</p>"
    verses = "".join(f"<p>Verse {n}. {SENTENCE}</p>{chorus}" for n in range(6))
    context = context_of(verses)
    assert without_doubles(np.ones(12, bool), context).all()


def test_a_summary_that_is_the_caption_too_is_read_once() -> None:
    body = "".join(f"<p>{n}. {SENTENCE * 3}</p>" for n in range(6))
    context = context_of(f"<div>{SENTENCE}</div><figcaption>{SENTENCE}</figcaption>{body}")
    assert chosen(context, without_doubles(np.ones(8, bool), context)).count(SENTENCE.strip()) == 1


def article(title: str, times: int = 6) -> str:
    """One whole article."""
    text = "".join(f"<p>{title} {n}. {SENTENCE}</p>" for n in range(times))
    return f"<article><header><h1>{title}</h1></header>{text}</article>"


def test_the_next_article_that_a_page_appends_is_not_read() -> None:
    context = context_of(
        f"<main>{article('Flood')}<aside>Share</aside>{article('Fire')}{article('Wind')}</main>"
    )
    found = chosen(context, without_second_article(np.ones(len(context.words), bool), context))
    assert "Flood 5." in " ".join(found)
    assert not any(line.startswith(("Fire", "Wind")) for line in found)


def test_headings_of_the_first_order_within_one_article_end_nothing() -> None:
    text = f"<p>{SENTENCE * 8}</p>"
    inner = f"<article><h1>Part</h1><p>{SENTENCE * 8}</p></article>"
    context = context_of(
        f"<article><h1>Flood</h1>{text}<h1>Before</h1>{text}<h1>After</h1>{text}{inner}</article>"
    )
    everything = np.ones(len(context.words), bool)
    assert without_second_article(everything, context).all()


def test_a_short_list_is_text_as_a_whole_or_not_at_all() -> None:
    items = ("bread", "a pound of butter", "salt", "two onions, chopped", "water")
    html = f"<div><p>{SENTENCE * 5}</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul></div>"
    context = context_of(html)
    for doubt, kept in ((0.2, True), (0.9, False)):
        others = 0.9 if kept else 0.1
        chance = np.array([0.95, others, others, doubt, others, others])
        taken = choose(chance, context)
        assert set(taken[1:].tolist()) == {kept}


def test_a_long_list_may_hold_text_and_other_things() -> None:
    html = f"<ul>{''.join(f'<li>In {year} it rose again. {SENTENCE * 2}</li>' for year in range(1920, 1926))}</ul>"
    context = context_of(html)
    taken = choose(np.array([0.95, 0.95, 0.95, 0.02, 0.02, 0.02]), context)
    assert taken.tolist() == [True, True, True, False, False, False]


def test_a_short_list_of_links_is_a_menu_and_each_item_stands_for_itself() -> None:
    items = ("Council puts off vote", "The last keeper", "Forty stops to go", "Ferry to run", "Newsletters")
    links = "".join(f"<li><a href='/{n}'>{item}</a></li>" for n, item in enumerate(items))
    context = context_of(f"<div><p>{SENTENCE * 5}</p><ul>{links}</ul></div>")
    chance = np.array([0.95, 0.1, 0.9, 0.9, 0.9, 0.9])
    plain = context_of(
        f"<div><p>{SENTENCE * 5}</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul></div>"
    )
    assert choose(chance, plain).all()
    assert not choose(chance, context)[1]


def test_text_that_a_class_keeps_out_of_sight_is_not_chosen_unless_most_of_it_is() -> None:
    seen = "".join(f"<p>{number}. {SENTENCE}</p>" for number in range(5))
    plea = f'<div class="support hidden"><p>Stay with us. {SENTENCE}</p></div>'
    shown = f'<div class="hidden md:block"><p>On wide screens. {SENTENCE}</p></div>'
    context = context_of(f"<article>{seen}{plea}{shown}</article>")
    texts = chosen(context, without_hidden(np.ones(len(context.blocks), bool), context))
    assert not any(text.startswith("Stay") for text in texts)
    assert any(text.startswith("On wide") for text in texts)
    assert len(texts) == 6
    context = context_of(f'<article><h1>Flood</h1><div class="hidden">{seen}</div></article>')
    everything = np.ones(len(context.blocks), bool)
    assert without_hidden(everything, context).all(), "a script shows it, or a login"

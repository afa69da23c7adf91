from __future__ import annotations

import pytest

from articles.metadata import metadata_of
from articles.model import Image
from articles.page import parse
from articles.pictures import divided, main_image

SITE = "https://www.dailynews.example/"


def _image(head: str, body: str = "") -> Image | None:
    page = parse(f"<html><head>{head}</head><body>{body}</body></html>", f"{SITE}news/rain.html")
    found = main_image(page, metadata_of(page), ("dailynews", "dailynewsexample"))
    return found[0] if found else None


def _shared(name: str) -> str:
    return f'<meta property="og:image" content="{SITE}img/{name}">'


@pytest.mark.parametrize(
    ("caption", "told", "credit"),
    [
        ("The bridge at dawn. Photo: Ann Lee", "The bridge at dawn.", "Ann Lee"),
        ("The bridge (Foto: Ann Lee/dpa)", "The bridge", "Ann Lee/dpa"),
        ("The bridge. Photo by Ann Lee", "The bridge.", "Ann Lee"),
        ("The bridge [Photo credit: Ann Lee]", "The bridge", "Ann Lee"),
        ("The bridge. © Ann Lee", "The bridge.", "Ann Lee"),
        ("Foto: Ann Lee", None, "Ann Lee"),
        ("The bridge. Ann Lee/Getty Images", "The bridge.", "Ann Lee/Getty Images"),
        ("An image of Mars", "An image of Mars", None),
        ("The source of the Nile", "The source of the Nile", None),
        ("A picture that he took by the river", "A picture that he took by the river", None),
    ],
)
def test_a_caption_is_what_it_tells_and_whom_it_credits(
    caption: str, told: str | None, credit: str | None
) -> None:
    assert divided(caption) == (told, credit)


@pytest.mark.parametrize(
    "name", ["logo.png", "dailynews-logo.png", "dailynews_1200x630.png", "favicon.ico", "og-default.png"]
)
def test_the_sites_own_picture_is_not_the_articles(name: str) -> None:
    assert _image(_shared(name)) is None


@pytest.mark.parametrize("name", ["twitter-logo-on-a-wall.jpg", "avatar.jpg", "bridge.jpg"])
def test_a_picture_of_a_logo_may_be_the_articles(name: str) -> None:
    assert _image(_shared(name)) is not None


@pytest.mark.parametrize(
    "shown", ["bridge-1024x768.jpg", "bridge-scaled.webp", "bridge_16x9.jpg?w=900", "bridge"]
)
def test_a_figure_tells_of_the_picture_in_any_size(shown: str) -> None:
    figure = (
        f"<figure><img src='/img/{shown}'><figcaption>The bridge. <span class=credit>Photo: Ann Lee (AP)</span>"
        "</figcaption></figure>"
    )
    image = _image(_shared("bridge.jpg"), figure)
    assert image is not None
    assert (image.caption, image.credit) == ("The bridge.", "Ann Lee (AP)")


def test_a_figure_of_another_picture_tells_nothing() -> None:
    image = _image(
        _shared("bridge.jpg"), "<figure><img src=/img/river.jpg><figcaption>The river.</figcaption></figure>"
    )
    assert image is not None
    assert image.caption is None

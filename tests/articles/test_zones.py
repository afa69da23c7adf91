import pytest

from articles.model import Site
from articles.zones import clock_of, zone_of


@pytest.mark.parametrize(
    ("host", "locale", "zone"),
    [
        ("www.paper.com.br", None, "America/Sao_Paulo"),
        ("paper.de", "en-US", "Europe/Berlin"),
        ("paper.com", "es_AR", "America/Argentina/Buenos_Aires"),
        ("paper.com", "en", None),
        ("paper.com", "en-US", None),
        ("startup.co", None, None),
        ("paper.com.co", None, "America/Bogota"),
        ("", None, None),
    ],
)
def test_a_site_lives_by_the_clock_of_its_country(host: str, locale: str | None, zone: str | None) -> None:
    assert zone_of(host, locale) == zone


@pytest.mark.parametrize(
    ("seeded", "clock"),
    [
        ({"home": "https://paper.de/", "timezone": "America/New_York"}, "America/New_York"),
        ({"home": "https://paper.de/", "country": "at"}, "Europe/Vienna"),
        ({"home": "https://paper.de/"}, "Europe/Berlin"),
        ({"home": "https://paper.com/", "language": "pt-BR"}, "America/Sao_Paulo"),
        ({"home": "https://paper.com/", "country": "us"}, "UTC"),
    ],
)
def test_a_seed_without_a_zone_goes_by_the_clock_of_its_country(seeded: dict[str, str], clock: str) -> None:
    assert clock_of(Site(name="paper", **seeded)).key == clock  # type: ignore[arg-type]

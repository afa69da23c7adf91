import pytest

from articles.zones import zone_of


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

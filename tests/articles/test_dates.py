from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.dates import Reader, as_written, parse_moment
from articles.model import Precision, Zone


@pytest.mark.parametrize(
    ("text", "at", "precision", "zone"),
    [
        ("2025-03-04T05:06:07+01:00", "2025-03-04T04:06:07", Precision.SECOND, Zone.STATED),
        ("2025-03-04T05:06:07.123Z", "2025-03-04T05:06:07", Precision.SECOND, Zone.STATED),
        ("2025-03-04T05:06-0500", "2025-03-04T10:06:00", Precision.MINUTE, Zone.STATED),
        ("20240512T103000Z", "2024-05-12T10:30:00", Precision.SECOND, Zone.STATED),
        ("2025-03-04 05:06", "2025-03-04T04:06:00", Precision.MINUTE, Zone.SITE),
        ("2025-03-04", "2025-03-04T00:00:00", Precision.DAY, Zone.UTC),
        ("2025/3/4", "2025-03-04T00:00:00", Precision.DAY, Zone.UTC),
        ("Tue, 04 Mar 2025 05:06:07 EST", "2025-03-04T10:06:07", Precision.SECOND, Zone.STATED),
        ("Tue, 04 Mar 2025 05:06:07 GMT", "2025-03-04T05:06:07", Precision.SECOND, Zone.STATED),
        ("Thu Mar 14 10:11:12 PDT 2024", "2024-03-14T17:11:12", Precision.SECOND, Zone.STATED),
        ("1715500000", "2024-05-12T07:46:40", Precision.SECOND, Zone.STATED),
        ("1715500000000", "2024-05-12T07:46:40", Precision.SECOND, Zone.STATED),
        ("May 12, 2024 at 3:04 p.m. ET", "2024-05-12T19:04:00", Precision.MINUTE, Zone.STATED),
        ("December 12, 2024 3:04 PM ET", "2024-12-12T20:04:00", Precision.MINUTE, Zone.STATED),
        ("11:30 AM EDT, May 5, 2024", "2024-05-05T15:30:00", Precision.MINUTE, Zone.STATED),
        ("Published: Jan. 5, 2023", "2023-01-05T00:00:00", Precision.DAY, Zone.UTC),
        ("Sept 3rd 2024", "2024-09-03T00:00:00", Precision.DAY, Zone.UTC),
        ("12-May-2023", "2023-05-12T00:00:00", Precision.DAY, Zone.UTC),
        ("4 de marzo de 2025 a las 5:06 p. m.", "2025-03-04T16:06:00", Precision.MINUTE, Zone.SITE),
        ("12 de maio de 2024 às 10h30", "2024-05-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("12. Mai 2024, 10:30 Uhr", "2024-05-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("3. März 2024", "2024-03-03T00:00:00", Precision.DAY, Zone.UTC),
        ("12.05.2024 - 10.30 Uhr", "2024-05-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("le 12 août 2024 à 10h30", "2024-08-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("29 Giugno 2021", "2021-06-29T00:00:00", Precision.DAY, Zone.UTC),
        ("12 mei 2024 10:30", "2024-05-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("12 października 2024, 10:30", "2024-10-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("12 augusti 2024 kl. 10.30", "2024-08-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("5 января 2023, 12:30", "2023-01-05T11:30:00", Precision.MINUTE, Zone.SITE),
        ("12 Ağustos 2024", "2024-08-12T00:00:00", Precision.DAY, Zone.UTC),
        ("2024年5月12日 10時30分", "2024-05-12T08:30:00", Precision.MINUTE, Zone.SITE),
        ("03/04/2025", "2025-04-03T00:00:00", Precision.DAY, Zone.UTC),
        ("04/13/2025", "2025-04-13T00:00:00", Precision.DAY, Zone.UTC),
    ],
)
def test_dates_as_the_world_writes_them(text: str, at: str, precision: Precision, zone: Zone) -> None:
    moment = parse_moment(text, "Europe/Berlin")
    assert moment is not None
    assert (moment.at.isoformat()[:19], moment.precision, moment.zone) == (at, precision, zone)
    assert moment.at.tzinfo is UTC
    assert moment.raw == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "June 3",
        "Mai 2023",
        "0001-01-01T00:00:00Z",
        "9999-12-31",
        "1970-01-01T00:00:00Z",
        "0",
        "2024-02-30",
        "99/99/2024",
        "2024-13-01",
        "2024-05-12T25:00:00",
        "2024-05-12T10:61:00Z",
        "12345",
        "x" * 5000,
        "999999999999999999999",
        "-1",
        "2024-05-12T10:00:00+99:00",
        "None",
        "{{ date }}",
    ],
)
def test_nonsense_is_no_date(text: str) -> None:
    assert parse_moment(text, "Europe/Berlin") is None


def test_a_time_without_zone_is_utc_where_the_site_names_none_and_an_unknown_zone_is_none() -> None:
    for zone in (None, "Not/AZone", ""):
        moment = parse_moment("2025-03-04 05:06", zone)
        assert moment is not None
        assert (moment.at, moment.zone) == (datetime(2025, 3, 4, 5, 6, tzinfo=UTC), Zone.UTC)


def test_slashes_are_read_month_first_only_where_the_site_does() -> None:
    moment = parse_moment("03/04/2025", month_first=True)
    assert moment is not None
    assert (moment.at.month, moment.at.day) == (3, 4)
    dotted = parse_moment("03.04.2025", month_first=True)
    assert dotted is not None
    assert (dotted.at.month, dotted.at.day) == (4, 3)


def test_the_day_that_readers_saw_can_be_told_from_the_raw_string() -> None:
    raw = "2023-12-12T23:30:00-05:00"
    moment = parse_moment(raw)
    assert moment is not None
    assert moment.at.day == 13
    assert as_written(moment.at, raw).day == 12
    assert as_written(moment.at, "no date") == moment.at


_MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2150, 1, 1)).map(  # noqa: DTZ001
    lambda d: d.replace(microsecond=0)
)
_OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(_MOMENTS, _OFFSETS)
def test_what_isoformat_writes_is_read_back(moment: datetime, offset: timezone) -> None:
    written = moment.replace(tzinfo=offset).isoformat()
    read = parse_moment(written)
    assert read is not None
    assert read.at == moment.replace(tzinfo=offset)
    assert read.local.isoformat() == written


@given(
    _MOMENTS, st.sampled_from(["%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%a, %d %b %Y %H:%M:%S GMT"])
)
def test_the_day_survives_every_form(moment: datetime, form: str) -> None:
    read = parse_moment(moment.strftime(form))
    assert read is not None
    assert read.at.date() == moment.date()


@given(st.one_of(st.text(max_size=60), st.text(alphabet="0123456789-/.:TZ+ apmJunMai年月日,", max_size=40)))
def test_no_text_makes_date_reading_fail(text: str) -> None:
    moment = parse_moment(text, "America/New_York")
    assert moment is None or moment.at.tzinfo is UTC


READER = Reader(fetched_at=datetime(2025, 6, 1, 12, 30, 45, tzinfo=UTC), timezone="America/New_York")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("12 minutes ago", "2025-06-01T12:18+00:00", Precision.MINUTE),
        ("vor 5 Minuten", "2025-06-01T12:25+00:00", Precision.MINUTE),
        ("Published 3 hours ago", "2025-06-01T00:00+00:00", Precision.DAY),
        ("10 hours ago", "2025-05-31T00:00+00:00", Precision.DAY),  # in New York it was still Saturday
        ("vor 2 Tagen", "2025-05-30T00:00+00:00", Precision.DAY),
        ("hace 2 días", "2025-05-30T00:00+00:00", Precision.DAY),
        ("il y a 2 jours", "2025-05-30T00:00+00:00", Precision.DAY),
        ("há 2 dias", "2025-05-30T00:00+00:00", Precision.DAY),
        ("2 giorni fa", "2025-05-30T00:00+00:00", Precision.DAY),
        ("2 dagen geleden", "2025-05-30T00:00+00:00", Precision.DAY),
        ("2 dni temu", "2025-05-30T00:00+00:00", Precision.DAY),
        ("2 dagar sedan", "2025-05-30T00:00+00:00", Precision.DAY),
        ("2日前", "2025-05-30T00:00+00:00", Precision.DAY),
        ("Yesterday, 10:15 pm", "2025-06-01T02:15+00:00", Precision.MINUTE),
        ("Gestern, 14:05 Uhr", "2025-05-31T18:05+00:00", Precision.MINUTE),
        ("May 3", "2025-05-03T00:00+00:00", Precision.DAY),
        ("Saturday, 3 May, 10:15", "2025-05-03T14:15+00:00", Precision.MINUTE),
        ("24. Dezember", "2024-12-24T00:00+00:00", Precision.DAY),  # the last one, not the next
        ("29 February", "2024-02-29T00:00+00:00", Precision.DAY),
    ],
)
def test_dates_against_the_day_of_reading_are_as_exact_as_they_say(
    text: str, at: str, precision: Precision
) -> None:
    moment = READER.read(text)
    assert moment is not None
    assert (moment.at, moment.precision) == (datetime.fromisoformat(at), precision)


@pytest.mark.parametrize(
    "text",
    [
        "prices rose 2 days ago in the whole country",
        "Today",
        "Gestern war alles besser",
        "NEBULA MARS 3",
        "5 reasons",
    ],
)
def test_a_sentence_that_speaks_of_time_is_no_date(text: str) -> None:
    assert READER.read(text) is None


@given(st.integers(0, 59), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_was_minutes_ago_is_never_later_than_the_reading(minutes: int, now: datetime) -> None:
    reader = Reader(fetched_at=now.replace(tzinfo=UTC))
    moment = reader.read(f"{minutes} minutes ago")
    assert moment is not None
    assert timedelta(0) <= reader.fetched_at - moment.at - timedelta(minutes=minutes) < timedelta(minutes=1)


@given(st.dates(date(2000, 3, 1), date(2100, 1, 1)), st.integers(0, 364))
def test_a_day_without_a_year_is_the_last_one_of_its_name(today: date, days_ago: int) -> None:
    day = today - timedelta(days=days_ago)
    moment = Reader(fetched_at=datetime(today.year, today.month, today.day, 6, tzinfo=UTC)).read(
        f"{day:%B} {day.day}"
    )
    assert moment is not None
    assert moment.at.date() == day


def test_a_row_of_a_calendar_is_no_date() -> None:
    assert parse_moment("8. 9. 10. 11. 12. 13. 14.") is None

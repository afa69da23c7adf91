"""Moments out of whatever a page calls a date.

    parse_moment("2025-03-04T05:06:07+01:00")            ISO 8601 and RFC 3339
    parse_moment("Tue, 04 Mar 2025 05:06:07 EST")        RFC 822
    parse_moment("4 de marzo de 2025 a las 5:06 p. m.")  as people write it, in a dozen and more languages

A day without a time is that day's midnight in UTC, with precision DAY: a calendar day has no zone to convert.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from articles.model import Precision, Zone

MAX_DATE_CHARS: Final = 300
"""A date stands within this much text, or the text is none."""
FIRST_YEAR: Final = 1600
"""Before newspapers."""
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as read."""

    at: datetime
    """Aware, UTC."""
    precision: Precision
    zone: Zone
    local: datetime
    """The same moment in the zone it was written in, so that `local.date()` is the day that readers saw."""
    raw: str


# --- Words ----------------------------------------------------------------------------------------

_MONTH_WORDS: Final = {
    1: """january jan januar jaenner janner janvier janv enero ene janeiro gennaio gen januari stycznia
        styczen sty januara januar ledna leden led januarie ianuarie ian tammikuuta tammikuu ocak januar
        sausio yanvar января январь янв січня січень ιανουαριου ιανουαριος ιαν januar
        يناير januarja януари gener jaanuar janar בינואר""",
    2: """february feb febr februar feber fevrier fevr fev febrero fevereiro febbraio febbr februari lutego
        luty lut unora unor februarie helmikuuta helmikuu subat vasario февраля февраль фев февр лютого
        лютий φεβρουαριου φεβρουαριος φεβ
        فبراير februara februarja февруари febrer veebruar shkurt בפברואר""",
    3: """march mar marz maerz mrz mars marzo março marco maart mrt marca marzec brezna brezen martie
        maaliskuuta maaliskuu mart kovo marts marcius marc марта март мар березня березень μαρτιου μαρτιος
        μαρ
        مارس marta maret machi marsi במרץ""",
    4: """april apr avril avr abril abr aprile kwietnia kwiecien kwi dubna duben dub aprilie huhtikuuta
        huhtikuu nisan balandzio aprilis апреля апрель апр квітня квітень απριλιου απριλιος απρ
        أبريل ابريل إبريل aprila aprili aprill prill באפריל""",
    5: """may mai mayo maio maggio mag mei maja maj kvetna kveten mayis toukokuuta toukokuu geguzes majus мая
        май травня травень μαιου μαιος μαι
        مايو maig במאי""",
    6: """june jun juni juin junio junho giugno giu czerwca czerwiec cze cervna cerven iunie haziran kesakuuta
        kesakuu birzelio junius июня июнь июн червня червень ιουνιου ιουνιος ιουν
        يونيو juna junija юни juny junie juuni qershor ביוני""",
    7: """july jul juli juillet juil julio julho luglio lug lipca lipiec lip cervence cervenec iulie temmuz
        heinakuuta heinakuu liepos julius июля июль июл липня липень ιουλιου ιουλιος ιουλ
        يوليو jula julija юли juliol julie juuli korrik ביולי""",
    8: """august aug aout agosto ago augustus sierpnia sierpien sie srpna srpen augusti agustos elokuuta
        elokuu rugpjucio augusztus августа август авг серпня серпень αυγουστου αυγουστος αυγ
        أغسطس اغسطس avgusta agost agustus ogos agosti gusht agust באוגוסט""",
    9: """september sep sept septembre septiembre setiembre set setembro settembre sett wrzesnia wrzesien wrz
        zari septembrie eylul syyskuuta syyskuu rugsejo szeptember szept сентября сентябрь сен сент вересня
        вересень σεπτεμβριου σεπτεμβριος σεπ σεπτ
        سبتمبر septembra септември setembre septemba shtator בספטמבר""",
    10: """october oct oktober okt octobre octubre outubro out ottobre ott pazdziernika pazdziernik paz rijna
        rijen octombrie ekim lokakuuta lokakuu spalio октября октябрь окт жовтня жовтень οκτωβριου οκτωβριος
        οκτ
        أكتوبر اكتوبر oktobra октомври oktoba oktoober tetor באוקטובר""",
    11: """november nov novembre noviembre novembro listopada listopad lis listopadu noiembrie kasim
        marraskuuta marraskuu lapkricio ноября ноябрь ноя нояб листопада листопад νοεμβριου νοεμβριος νοε
        نوفمبر novembra ноември novemba nentor בנובמבר""",
    12: """december dec dezember dez decembre diciembre dic dezembro dicembre grudnia grudzien gru prosince
        prosinec decembrie aralik joulukuuta joulukuu gruodzio desember des декабря декабрь дек грудня
        грудень δεκεμβριου δεκεμβριος δεκ
        ديسمبر decembra декември desembre desemba disember detsember dhjetor בדצמבר""",
}
_MONTHS: Final = {word: number for number, words in _MONTH_WORDS.items() for word in words.split()}

_OFFSETS: Final = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "bst": 60, "west": 60, "cet": 60, "mez": 60,
    "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "trt": 180, "ist": 330, "pkt": 300,
    "npt": 345, "sgt": 480, "hkt": 480, "pht": 480, "myt": 480, "awst": 480, "wib": 420, "wita": 480,
    "wit": 540, "ict": 420, "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660,
    "nzst": 720, "nzdt": 780, "sast": 120, "eat": 180, "wat": 60, "cat": 120, "brt": -180, "art": -180,
    "clt": -240, "clst": -180, "pet": -300, "uyt": -180,
}  # fmt: skip
"""Minutes east of UTC. What several countries abbreviate alike means what newspapers mostly mean by it."""

_REGIONS: Final = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
"""American names that hold in summer and in winter."""

# --- Patterns -------------------------------------------------------------------------------------

_ZONE_PART = r"(?P<zone>Z\b|[+\-\u2212]\d{1,2}:\d{2}(?!\d)|[+\-\u2212]\d{4}(?!\d)|[+\-\u2212]\d{2}(?![\d:]))?"
_ISO = re.compile(
    r"(?<![\d.])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"
    r"(?:(?:\s*[T,]\s*|\s+(?:at\s+|-\s+|\|\s+)?"
    r"|(?<=\d)[:_])(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<c>\d{2})(?:[.,:]\d{1,9})?)?"
    r"\s*(?P<ap>[ap]\.?\s?m\b\.?)?\s*" + _ZONE_PART + ")?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)"
    r"(?:[T\s]?(?P<h>[0-2]\d):?(?P<i>[0-5]\d)(?::?(?P<c>[0-5]\d))?\s*" + _ZONE_PART + r")?(?!\d)"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_CJK = re.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]?")
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<a>\d{1,2})(?:\s?(?P<s>[./\-\u2013])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4})"
    r"|(?P<s2>[./\-\u2013])(?P<b2>\d{1,2})(?P=s2)(?P<y2>\d{2}))(?![\d])"
)
_WORD = r"[^\W\d_]{2,14}"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:(?:st|nd|rd|th|er|da|ta|e)(?![^\W\d_])|\s?[.º°ª])?[\s,\-/.]*"
    rf"(?:(?:de|di|of)\s+|d['’])?(?P<w>{_WORD})\.?"
    rf"(?:\s+(?:de|del|of|lan))?[\s,\-/.'’]*(?P<y>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY_YEAR = re.compile(
    rf"(?<!\w)(?P<w>{_WORD})\.?[\s\-/]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?(?:\s*[,\-/]\s*"
    rf"|\s+)(?:de\s+)?(?P<y>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?P<y>\d{{4}})[\s.,\-]*(?:m\.?\s+)?(?P<w>{_WORD})[\s.,\-]*(?P<d>\d{{1,2}})(?!\d)", re.IGNORECASE
)
_SHORT_YEAR = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})[\s\-./]+(?P<w>{_WORD})\.?[\s\-./]+['’]?(?P<y>\d{{2}})(?![\d:])", re.IGNORECASE
)
_JS_DATE = re.compile(
    rf"(?P<w>{_WORD})\s+(?P<d>\d{{1,2}})\s+(?P<time>\d{{1,2}}:\d{{2}}:\d{{2}})\s+(?P<zone>[A-Z+\-0-9]{{1,6}})?\s*(?P<y>\d{{4}})(?!\d)"
)
_TIME = re.compile(
    r"(?<![\d:./\-])(?P<h>[01]?\d|2[0-4])\s?(?:[:h]|(?<=\d)[.](?=\d\d\s?(?:uhr|h\b|[ap]\.?\s?m"
    r"|\W*$)))\s?(?P<i>[0-5]\d)"
    r"(?:[:.](?P<c>[0-5]\d)(?:[.,]\d{1,9})?)?(?![\d])"
    r"\s*(?P<ap>[ap]\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_HOUR = re.compile(
    r"(?<![\d:./\-])(?P<h>1[0-2]|0?\d)\s?(?P<ap>[ap]\.?\s?m\b\.?)|(?<![\d:./\-])(?P<h24>\d{1,2})\s?uhr\b",
    re.IGNORECASE,
)
_CJK_TIME = re.compile(
    r"(?P<ap>午前|午後|上午|下午|오전|오후)?\s*(?P<h>\d{1,2})\s*(?:[時时点시]\s*(?:(?P<i>\d{1,2})\s*[分분])?|:(?P<j>\d{2}))"
)
_NAMED_ZONE = re.compile(
    r"(?:(?:UTC|GMT)\s*(?P<off>[+\-\u2212]\s?\d{1,2}(?::?\d{2})?)|(?P<off2>[+\-\u2212]\d{2}:?\d{2})\b"
    r"|\b(?P<name>[A-Z]{1,5}|[A-Z]?[a-z]{2,3}t)\b)"
)


# --- Parsing --------------------------------------------------------------------------------------


def parse_moment(text: str, timezone: str | None = None, *, month_first: bool = False) -> Moment | None:
    """Read the first date in a string; None where none stands in it or it is nonsense.

    `timezone` is the IANA zone of times that name none (then `Zone.SITE`; without it they are taken as
    UTC). `month_first` decides 03/04/2025, and only such dates: everywhere but in the USA it is 3 April.
    """
    raw = text[:MAX_DATE_CHARS].strip()
    if len(raw) < 6 or not any(character.isdigit() for character in raw):
        return None
    try:
        return _epoch(raw) or _iso(raw, timezone) or _human(raw, timezone, month_first)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads dates that were written for people who look at them at a known moment."""

    fetched_at: datetime
    timezone: str | None = None
    month_first: bool = False

    def read(self, text: str, *, loosely: bool = True) -> Moment | None:
        """As `parse_moment`; `loosely` also `2 hours ago`, `gestern, 14:05` and `May 3` without a year.

        Of hours and days ago only the day is known, of minutes ago the minute; a day without a year is the last one
        of that name before the page was fetched.
        """
        moment = parse_moment(text, self.timezone, month_first=self.month_first)
        if moment is not None or not loosely:
            return moment
        raw = text[:MAX_LOOSE_CHARS].strip()
        try:
            return self._ago(raw) or self._named(raw) or self._without_year(raw)
        except (ValueError, OverflowError):
            return None

    def _ago(self, raw: str) -> Moment | None:
        match = _AGO.search(raw)
        if match is None or len(raw) - len(match.group()) > MAX_BESIDE_CHARS:
            return None
        digits = match.group("n") or match.group("n2") or match.group("n3")
        unit = _UNITS.get(
            without_accents((match.group("u") or match.group("u2") or match.group("u3")).lower())
        )
        if unit is None or int(digits) > 400:
            return None
        at = self.fetched_at.astimezone(UTC) - int(digits) * unit
        if unit <= timedelta(minutes=1):
            at = at.replace(second=0, microsecond=0)
            return Moment(at=at, precision=Precision.MINUTE, zone=Zone.STATED, local=at, raw=raw)
        return self._day(at, raw)

    def _named(self, raw: str) -> Moment | None:
        match = _DAY_WORD.search(raw)
        if match is None:
            return None
        days = next(days for days, group in ((0, "today"), (1, "yesterday")) if match.group(group))
        today = self.fetched_at.astimezone(self._zone() or UTC)
        day = (today - timedelta(days=days)).date()
        return _moment(raw, (day.year, day.month, day.day), _time(match.group("time")), None, self.timezone)

    def _without_year(self, raw: str) -> Moment | None:
        folded = without_accents(raw)
        for pattern in (_DAY_MONTH, _MONTH_DAY):
            for match in pattern.finditer(folded):
                month = _MONTHS.get(match.group("w").lower())
                beside = _WORDS.findall(f"{folded[: match.start()]} {folded[match.end() :]}".lower())
                if month is None or not _BESIDE_WORDS.issuperset(beside):
                    continue
                latest = (self.fetched_at + timedelta(hours=14)).date()
                for year in range(latest.year, latest.year - 5, -1):
                    try:
                        day = date(year, month, int(match.group("d")))
                    except ValueError:
                        continue  # 29 February
                    if day <= latest:
                        time = _time(folded[match.end() :]) or _time(folded[: match.start()])
                        return _moment(raw, (year, month, day.day), time, None, self.timezone)
        return None

    def _day(self, at: datetime, raw: str) -> Moment:
        local = at.astimezone(self._zone() or UTC)
        day = datetime(local.year, local.month, local.day, tzinfo=UTC)
        return Moment(at=day, precision=Precision.DAY, zone=Zone.UTC, local=day, raw=raw)

    def _zone(self) -> tzinfo | None:
        return _named(self.timezone) if self.timezone else None


MAX_LOOSE_CHARS: Final = 60
"""Dates against today stand alone or in a short line."""
MAX_BESIDE_CHARS: Final = 20
"""`2 hours ago` has hardly more beside it than `Published`; `prices rose 2 days ago` is a sentence."""
_UNITS: Final = {
    word: timedelta(minutes=minutes)
    for minutes, words in {
        1: """min mins minute minutes minuten minutos minuto minuti minuut minuten minuty minut minuta minuter minutter
           minuttia минут минуты минуту dakika 分钟 分 分鐘 분""",
        60: """h hr hrs hour hours stunde stunden hora horas heure heures ora ore uur uren godzine godziny godzin timme
            timmar time timer tuntia час часа часов saat 小时 時間 小時 시간""",
        1440: """d day days tag tagen tage dia dias jour jours giorno giorni dag dagen dzien dni dagar dage dager paivaa
              день дня дней gun 天 日 일""",
        10080: """week weeks woche wochen semana semanas semaine semaines settimana settimane weken tydzien tygodnie
               tygodni vecka veckor uge uger uke uker viikkoa неделю недели недель hafta 周 週間""",
    }.items()
    for word in words.split()
}
_AGO: Final = re.compile(
    r"\b(?P<n>\d{1,3})\s?(?P<u>[^\W\d_]{1,10})\.?\s+(?:ago|fa|geleden|temu|sedan|siden|sitten|назад|önce|atrás)\b"
    r"|\b(?:vor|hace|il\s+y\s+a|há)\s+(?:ca\.\s+)?(?P<n2>\d{1,3})\s?(?P<u2>[^\W\d_]{1,10})\b"
    r"|(?P<n3>\d{1,3})\s?(?P<u3>分钟|分鐘|小时|小時|時間|分|天|日|周|週間|분|시간|일)\s?[前전]",
    re.IGNORECASE,
)
_DAY_WORD: Final = re.compile(
    r"\b(?:(?P<today>today|heute|hoy|aujourd['’]hui|hoje|oggi|vandaag|dzisiaj|dziś|idag|i\s+dag)"
    r"|(?P<yesterday>yesterday|gestern|ayer|hier|ontem|ieri|gisteren|wczoraj|igår|i\s+går))"
    r"[\s,|–-]*(?:at|um|a\s+las|à|às|alle(?:\s+ore)?|om|o|kl\.?)?\s*(?P<time>\d{1,2}[:.h]\d{2}(?!\d)(?:\s*[ap]\.?m)?)",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[^\W\d_]+")
_BESIDE_WORDS: Final = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lunes martes miercoles jueves viernes sabado domingo lundi mardi mercredi jeudi vendredi samedi dimanche
    segunda terca quarta quinta sexta feira lunedi martedi mercoledi giovedi venerdi domenica
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    posted published on at am pm um uhr den der vom publicado el a las h le publie kl publicerad gepubliceerd om
    est edt cst cdt mst mdt pst pdt et ct mt pt gmt utc bst cet cest mez mesz""".split()  # noqa: SIM905
)
"""What may stand beside a day without a year."""
DATE_WORDS: Final = (
    frozenset(_MONTHS)
    | _BESIDE_WORDS
    | frozenset(_OFFSETS)
    | frozenset(_REGIONS)
    | frozenset(_UNITS)
    | frozenset(
        """a p m of de del di da do d o em il ago vor hace fa geleden temu sedan siden at ore alle as godz
        kello den dne time hrs dem klo og och 年 月 日 時 时 分 秒 년 월 일 시 분
        """.split()  # noqa: SIM905
    )
)
"""Words that dates and times of day are written with: months, days of the week, zones, what joins them; folded by
`without_accents`, in small letters."""
_DAY_MONTH: Final = re.compile(
    rf"(?<![\d.:])(?P<d>\d{{1,2}})(?:(?:st|nd|rd|th|er)\b|\s?[.º°])?\s+(?:(?:de|di|of)\s+)?(?P<w>{_WORD})\b(?!\s*\d{{4}})",
    re.IGNORECASE,
)
_MONTH_DAY: Final = re.compile(
    rf"(?<!\w)(?P<w>{_WORD})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.]|\s*,?\s*\d{{4}})", re.IGNORECASE
)


def as_written(at: datetime, raw: str) -> datetime:
    """A moment that was read from `raw`, in the zone that `raw` names: its date is the day that readers saw.

    Unchanged where `raw` names no zone or does not give this moment.
    """
    for month_first in (False, True):
        moment = parse_moment(raw, month_first=month_first)
        if moment is not None and moment.at == at and moment.zone is Zone.STATED:
            return moment.local
    return at


def _epoch(raw: str) -> Moment | None:
    match = _EPOCH.fullmatch(raw)
    if not match:
        return None
    seconds = int(match.group(1)) if match.group(1) else int(match.group(2)) / 1000
    at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    return _sane(Moment(at=at, precision=Precision.SECOND, zone=Zone.STATED, local=at, raw=raw))


def _iso(raw: str, timezone: str | None) -> Moment | None:
    match = _ISO.search(raw) or _COMPACT.search(raw)
    if not match:
        return None
    parts = match.groupdict()
    day = (int(parts["y"]), int(parts["m"]), int(parts["d"]))
    if parts["h"] is None:
        rest = raw[match.end() :]
        return _moment(raw, day, _time(rest), _zone(rest), timezone)
    hour = _hour(int(parts["h"]), parts.get("ap"))
    time = (hour, int(parts["i"]), int(parts["c"]) if parts["c"] else None)
    zone = _offset(parts["zone"]) if parts["zone"] else _zone(raw[match.end() :])
    return _moment(raw, day, time, zone, timezone)


def _human(raw: str, timezone: str | None, month_first: bool) -> Moment | None:
    folded = without_accents(raw)
    match = _CJK.search(folded)
    if match:
        day = (int(match.group("y")), int(match.group("m")), int(match.group("d")))
        return _moment(raw, day, _cjk_time(folded[match.end() :]), None, timezone or _cjk_zone(folded))
    found = _named_day(folded) or _numeric_day(folded, month_first)
    if found is None:
        return None
    day, start, end = found
    after, before = folded[end:], folded[:start]
    match = _JS_DATE.search(folded)
    if match:
        return _moment(raw, day, _time(match.group("time")), _zone(match.group("zone") or ""), timezone)
    time = _time(after) or _time(before)
    return _moment(raw, day, time, (_zone(after) or _zone(before)) if time else None, timezone)


def _named_day(folded: str) -> tuple[tuple[int, int, int], int, int] | None:
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY, _JS_DATE, _SHORT_YEAR):
        for match in pattern.finditer(folded):
            month = _MONTHS.get(match.group("w").lower())
            if month:
                return (_year(match.group("y")), month, int(match.group("d"))), match.start(), match.end()
    return None


def _numeric_day(folded: str, month_first: bool) -> tuple[tuple[int, int, int], int, int] | None:
    match = _NUMERIC.search(folded)
    if not match:
        return None
    mark, second, year = match.group("s", "b", "y") if match.group("s") else match.group("s2", "b2", "y2")
    a, b = int(match.group("a")), int(second)
    if (a <= 12 < b) or (month_first and mark != "." and a <= 12):
        a, b = b, a
    return (_year(year), b, a), match.start(), match.end()


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _time(text: str) -> tuple[int, int, int | None] | None:
    match = _TIME.search(text)
    if match:
        second = match.group("c")
        return (
            _hour(int(match.group("h")), match.group("ap")),
            int(match.group("i")),
            int(second) if second else None,
        )
    match = _HOUR.search(text)
    if not match:
        return None
    if match.group("h24"):
        return int(match.group("h24")), 0, None
    return _hour(int(match.group("h")), match.group("ap")), 0, None


def _cjk_time(text: str) -> tuple[int, int, int | None] | None:
    match = _CJK_TIME.search(text)
    if not match:
        return None
    half = match.group("ap")
    ap = None if half is None else "am" if half in ("午前", "上午", "오전") else "pm"
    return _hour(int(match.group("h")), ap), int(match.group("i") or match.group("j") or 0), None


def _cjk_zone(text: str) -> str | None:
    """Dates in Korean and Japanese forms name no zone but can hardly mean another."""
    return "Asia/Seoul" if "년" in text else None


def _hour(hour: int, ap: str | None) -> int:
    if not ap or hour > 12:
        return hour
    return hour % 12 + (12 if ap[0].lower() == "p" else 0)


def _zone(text: str) -> tzinfo | None:
    """The zone named right after a time, at most a few words on."""
    for match in _NAMED_ZONE.finditer(text[:60]):
        offset = match.group("off") or match.group("off2")
        if offset:
            return _offset(offset)
        name = match.group("name").lower()
        if name in _OFFSETS:
            return timezone(timedelta(minutes=_OFFSETS[name]))
        if name in _REGIONS and match.group("name").isupper():
            return _named(_REGIONS[name])
    return None


def _offset(text: str) -> tzinfo:
    if text in ("Z", "z"):
        return UTC
    digits = "".join(c for c in text if c.isdigit())
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    sign = 1 if text[0] == "+" else -1
    if hours > 15 or minutes > 59:
        raise ValueError(text)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


@lru_cache(maxsize=512)
def _named(zone: str) -> tzinfo | None:
    try:
        return ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return None


def _moment(
    raw: str,
    day: tuple[int, int, int],
    time: tuple[int, int, int | None] | None,
    stated: tzinfo | None,
    assumed: str | None,
) -> Moment | None:
    if time is None:
        at = datetime(*day, tzinfo=UTC)
        return _sane(Moment(at=at, precision=Precision.DAY, zone=Zone.UTC, local=at, raw=raw))
    hour, minute, second = time
    site = _named(assumed) if assumed and stated is None else None
    zone = stated or site or UTC
    if hour > 24 or (hour == 24 and minute):
        return None
    local = datetime(*day, hour % 24, minute, min(second or 0, 59), tzinfo=zone) + timedelta(days=hour // 24)
    return _sane(
        Moment(
            at=local.astimezone(UTC),
            precision=Precision.MINUTE if second is None else Precision.SECOND,
            zone=Zone.STATED if stated else Zone.SITE if site else Zone.UTC,
            local=local,
            raw=raw,
        )
    )


def _sane(moment: Moment) -> Moment | None:
    """None for the zero of computers and for years without newspapers."""
    at = moment.at
    if not FIRST_YEAR <= at.year <= LAST_YEAR or (at.year == 1970 and at.month == 1 and at.day <= 2):
        return None
    return moment if at.year != 1969 or (at.month, at.day) != (12, 31) else None


_ACCENTS = re.compile(r"[\u0300-\u036f]")


def without_accents(text: str) -> str:
    """Without accents, special spaces and `ı`; letters keep their case, so that zones can be told."""
    if text.isascii():
        return text
    text = text.replace("ı", "i").replace("ł", "l").replace("Ł", "L").replace("й", "й")
    kept = unicodedata.normalize("NFKD", text.replace("й", "\ue000"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", kept)).replace("\ue000", "й").translate(_DIGITS)


_DIGITS: Final = (
    {0x660 + i: str(i) for i in range(10)}
    | {0x6F0 + i: str(i) for i in range(10)}
    | {0x966 + i: str(i) for i in range(10)}
)

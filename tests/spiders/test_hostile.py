"""A crawl of newspapers that lie, through the real child process: each test is one misbehaviour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from articles.model import Capture
from spiders.events import Ended, SiteDone
from storage.state.frontier.known import History
from tests.support.crawling import Crawl
from tests.support.hostile import GOOD, HOSTILE, Asked, Web
from tests.support.hostile_cases import CASES, crawl_all


@dataclass
class Crawled:
    web: Web
    crawl: Crawl
    captures: list[Capture]

    def done(self, site: str) -> SiteDone:
        return self.crawl.done(site)

    def history(self, site: str, path: str = HOSTILE) -> History:
        history = self.crawl.history(self.web.urls[site] + path)
        assert history is not None, f"{path} of {site} was never found"
        return history

    def outcome(self, site: str, path: str = HOSTILE) -> str | None:
        return self.history(site, path).outcome

    def capture(self, site: str, path: str = HOSTILE) -> Capture:
        wanted = self.web.urls[site] + path
        return next(capture for capture in self.captures if capture.url == wanted)

    def asked(self, site: str) -> list[Asked]:
        return self.web.of(site)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with Web({name: case.pages for name, case in CASES.items()}) as web:
        result = crawl_all(web, tmp_path_factory.mktemp("hostile"))
        yield Crawled(web, result, result.captures())


def refused(name: str, outcome: str) -> object:
    def test(crawled: Crawled) -> None:
        assert crawled.outcome(name) == outcome
        assert crawled.outcome(name, GOOD) == "fetched"

    return test


test_a_gzip_bomb_is_too_large = refused("gzip-bomb", "too_large")
test_a_bomb_in_two_layers_of_gzip_is_too_large = refused("gzip-in-gzip", "too_large")
test_a_deflate_bomb_is_too_large = refused("deflate-bomb", "too_large")
test_a_brotli_bomb_that_nobody_asked_for_is_too_large = refused("brotli-bomb", "too_large")
test_a_zstd_bomb_that_nobody_asked_for_is_too_large = refused("zstd-bomb", "too_large")
test_a_body_announced_as_too_long_is_not_read = refused("announced-too-long", "too_large")
test_a_body_without_end_is_cut_off = refused("endless-body", "too_large")
test_chunks_without_end_are_cut_off = refused("endless-chunks", "too_large")
test_a_body_that_drips_ends_at_the_deadline = refused("slow-body", "timeout")
test_headers_that_drip_end_at_the_deadline = refused("slow-headers", "timeout")
test_a_server_that_says_nothing_ends_at_the_deadline = refused("silence", "timeout")
test_headers_without_end_are_cut_off = refused("endless-headers", "headers_too_large")
test_a_thousand_headers_are_too_many = refused("thousand-headers", "headers_too_large")
test_one_header_of_200_kb_is_too_large = refused("long-header", "headers_too_large")
test_interim_answers_without_end_are_cut_off = refused("endless-continues", "protocol")
test_what_is_no_http_is_refused = refused("no-http", "protocol")
test_two_content_lengths_that_differ_are_refused = refused("two-lengths", "protocol")
test_a_negative_content_length_is_refused = refused("negative-length", "protocol")
test_a_chunk_without_a_size_is_refused = refused("bad-chunk", "protocol")
test_an_endless_chunk_extension_is_refused = refused("long-chunk-line", "protocol")
test_a_connection_closed_at_once_is_named = refused("hang-up", "disconnected")
test_a_connection_reset_is_named = refused("reset", "disconnected")
test_a_status_of_999_is_refused = refused("status-999", "odd_status")
test_an_unasked_change_of_protocol_is_refused = refused("switching", "odd_status")
test_a_304_to_a_request_without_conditions_is_no_article = refused("uncalled-304", "odd_status")
test_a_404_is_named = refused("not-found", "not_found")
test_a_410_is_named = refused("gone", "gone")
test_a_403_is_named = refused("forbidden", "forbidden")
test_a_500_is_named = refused("server-error", "server_error")
test_a_redirect_to_another_port_of_loopback_is_refused = refused("to-another-port", "private_address")
test_a_redirect_to_a_decimal_address_is_refused = refused("to-decimal-host", "private_address")
test_a_redirect_to_an_octal_address_is_refused = refused("to-octal-host", "private_address")
test_a_redirect_to_a_shortened_address_is_refused = refused("to-short-host", "private_address")
test_a_redirect_to_a_mapped_address_is_refused = refused("to-mapped-host", "private_address")
test_a_redirect_to_a_name_of_loopback_is_refused = refused("to-named-host", "private_address")
test_a_redirect_to_the_zero_address_is_refused = refused("to-zero-host", "private_address")
test_a_redirect_to_a_metadata_service_is_refused = refused("to-metadata", "private_address")
test_a_redirect_into_the_local_network_is_refused = refused("to-lan", "private_address")
test_a_redirect_to_a_file_is_refused = refused("to-file", "bad_redirect")
test_a_redirect_to_nowhere_is_refused = refused("to-nowhere", "bad_redirect")
test_a_redirect_to_itself_ends = refused("to-itself", "bad_redirect")
test_redirects_in_a_circle_end = refused("in-a-circle", "bad_redirect")
test_an_unknown_content_coding_is_named = refused("unknown-coding", "bad_coding")
test_a_body_that_is_not_gzip_as_it_says_is_named = refused("not-gzip", "bad_coding")


test_a_gzip_body_of_thousands_of_members_is_bounded = refused("gzip-of-many-members", "too_large")
test_twenty_codings_one_in_another_are_not_undone = refused("twenty-codings", "bad_coding")
test_a_zstd_window_of_gigabytes_is_refused = refused("zstd-huge-window", "bad_coding")
test_a_transfer_coding_that_is_not_chunked_is_refused = refused("odd-transfer-coding", "bad_coding")
test_a_chunk_of_2_to_the_64_bytes_is_refused = refused("chunk-of-2-to-the-64", "protocol")
test_a_chunk_of_negative_size_is_refused = refused("negative-chunk", "protocol")
test_trailers_without_end_are_cut_off = refused("endless-trailers", "protocol")
test_chunks_that_drip_end_at_the_deadline = refused("dripping-chunks", "timeout")
test_a_content_length_in_words_is_refused = refused("length-not-a-number", "protocol")
test_a_content_length_of_thirty_digits_is_refused = refused("length-of-30-digits", "protocol")
test_a_status_of_000_is_refused = refused("status-000", "odd_status")
test_a_head_that_never_ends_times_out = refused("status-line-only", "timeout")
test_frames_of_http_2_are_no_answer = refused("http2-frames", "protocol")
test_a_redirect_to_a_hexadecimal_address_is_refused = refused("to-hex-host", "private_address")
test_a_redirect_to_loopback_in_ipv6_is_refused = refused("to-ipv6-loopback", "private_address")
test_a_redirect_to_ipv4_within_ipv6_is_refused = refused("to-ipv4-in-ipv6", "private_address")
test_a_redirect_through_6to4_is_refused = refused("to-6to4", "private_address")
test_a_redirect_through_nat64_is_refused = refused("to-nat64", "private_address")
test_a_redirect_to_a_unique_local_address_is_refused = refused("to-unique-local", "private_address")
test_a_redirect_to_a_link_local_address_is_refused = refused("to-link-local", "private_address")
test_a_redirect_to_a_multicast_address_is_refused = refused("to-multicast", "private_address")
test_a_redirect_to_the_broadcast_address_is_refused = refused("to-broadcast", "private_address")
test_a_redirect_into_carriers_shared_space_is_refused = refused("to-shared-space", "private_address")
test_a_redirect_to_digits_of_another_script_is_refused = refused("to-wide-digits", "dns")
test_a_redirect_to_localhost_with_a_dot_is_refused = refused("to-dotted-localhost", "private_address")
test_a_name_that_now_resolves_to_loopback_is_refused = refused("to-rebound-name", "private_address")
test_a_redirect_to_ftp_is_refused = refused("to-ftp", "bad_redirect")
test_a_redirect_to_a_data_url_is_refused = refused("to-data", "bad_redirect")
test_a_redirect_to_a_script_is_refused = refused("to-script", "bad_redirect")
test_a_redirect_to_port_0_is_refused = refused("to-port-0", "bad_redirect")
test_a_redirect_to_port_99999_is_refused = refused("to-port-99999", "bad_redirect")
test_a_redirect_to_half_an_ipv6_address_is_refused = refused("to-broken-ipv6", "bad_redirect")
test_a_redirect_to_an_address_of_50_kb_is_refused = refused("to-long-url", "bad_redirect")
test_a_redirect_without_a_location_is_named = refused("no-location", "bad_redirect")
test_a_redirect_with_an_empty_location_is_named = refused("empty-location", "bad_redirect")
test_a_part_that_nobody_asked_for_is_no_article = refused("206", "odd_status")


def test_no_private_address_was_connected_to(crawled: Crawled) -> None:
    assert crawled.web.connections["bystander"] == 0


def test_the_crawl_ends_in_order_and_every_site_is_accounted_for(crawled: Crawled) -> None:
    assert crawled.crawl.code == 0, crawled.crawl.stderr
    told = {event.site for event in crawled.crawl.events if isinstance(event, SiteDone)}
    assert told == set(CASES) - {"bystander"}


def test_memory_stays_below_600_mb(crawled: Crawled) -> None:
    assert 100_000 < crawled.crawl.peak_kib < 600_000


@pytest.mark.parametrize(
    "name", ["short-of-content-length", "chunk-cut", "gzip-cut", "reset-in-body", "reset-without-length"]
)
def test_a_body_cut_short_is_kept_and_marked_and_stays_due(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "truncated"
    assert crawled.capture(name).truncated == "disconnect"
    assert crawled.history(name).next_at is not None


@pytest.mark.parametrize(
    "name",
    [
        *("bare-line-feeds", "http-10", "odd-header-lines", "trailing-garbage", "empty", "nul-in-headers"),
        *("latin-headers", "long-etag", "two-hundred-cookies", "length-and-chunks", "wrong-charset", "204"),
        *("half-a-million-tags", "one-long-attribute", "binary-as-html"),
    ],
)
def test_answers_that_are_only_untidy_are_taken(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "fetched"


def test_a_connection_with_bytes_nobody_asked_for_is_not_used_again(crawled: Crawled) -> None:
    assert crawled.outcome("smuggled") == "fetched"
    assert b"smuggled" not in b"".join(c.body for c in crawled.captures if c.site == "smuggled")


def test_cookies_are_never_sent_back(crawled: Crawled) -> None:
    assert not any("cookie" in asked.headers for asked in crawled.asked("cookie"))


def test_a_user_name_and_password_of_a_redirect_are_neither_sent_nor_kept(crawled: Crawled) -> None:
    assert crawled.outcome("with-credentials") == "fetched"
    assert not any("authorization" in asked.headers for asked in crawled.asked("with-credentials"))
    assert not any("secret" in capture.url for capture in crawled.captures)


def test_a_user_name_and_password_of_a_link_are_neither_sent_nor_kept(crawled: Crawled) -> None:
    assert crawled.outcome("feed-of-credentials", GOOD) == "fetched"
    assert not any("authorization" in asked.headers for asked in crawled.asked("feed-of-credentials"))
    assert "secret" not in crawled.history("feed-of-credentials", GOOD).url


def test_chunks_win_over_a_content_length_and_the_connection_is_used_no_more(crawled: Crawled) -> None:
    assert crawled.capture("length-and-chunks").body == b"hello"


def test_ten_redirects_are_followed_and_no_more(crawled: Crawled) -> None:
    assert crawled.outcome("endless-redirects") == "bad_redirect"
    assert sum(path.startswith(HOSTILE) for path in crawled.web.paths("endless-redirects")) == 11


def test_an_article_that_leads_to_the_home_page_is_gone(crawled: Crawled) -> None:
    assert crawled.outcome("to-home") == "gone"


def test_a_robots_txt_that_answers_500_forbids_everything(crawled: Crawled) -> None:
    assert crawled.done("robots-500").ended is Ended.ROBOTS
    assert set(crawled.web.paths("robots-500")) == {"/robots.txt"}


def test_without_an_answer_for_robots_txt_nothing_is_asked(crawled: Crawled) -> None:
    assert crawled.done("robots-silent").ended is Ended.UNREACHABLE
    assert set(crawled.web.paths("robots-silent")) <= {"/robots.txt"}


@pytest.mark.parametrize("name", ["robots-403", "robots-garbage", "robots-prefix", "robots-own-group"])
def test_a_robots_txt_without_rules_for_us_allows(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "fetched"


@pytest.mark.parametrize(
    "name", ["robots-cut", "robots-not-gzip", "robots-drips", "robots-304", "robots-206"]
)
def test_a_robots_txt_that_is_not_whole_forbids_everything(crawled: Crawled, name: str) -> None:
    assert set(crawled.web.paths(name)) == {"/robots.txt"}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "robots-in-a-circle",
            "robots-is-html",
            "robots-odd-delays",
            "robots-one-line",
            "robots-many-stars",
        ),
        *("robots-to-odd-port", "robots-to-nowhere", "robots-to-odd-brackets"),
    ],
)
def test_a_robots_txt_without_a_rule_for_the_article_allows_it(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "fetched"


@pytest.mark.parametrize("name", ["robots-disallows", "robots-own-group-crlf", "robots-utf-16"])
def test_what_robots_txt_disallows_is_never_asked_for(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "robots"
    assert HOSTILE not in crawled.web.paths(name)
    assert GOOD in crawled.web.paths(name)


def test_five_redirects_of_robots_txt_are_followed(crawled: Crawled) -> None:
    assert crawled.outcome("robots-five-hops") == "robots"


def test_after_six_redirects_there_is_no_robots_txt(crawled: Crawled) -> None:
    assert crawled.outcome("robots-six-hops") == "fetched"


@pytest.mark.parametrize("name", ["robots-huge", "robots-bomb"])
def test_only_the_beginning_of_a_huge_robots_txt_is_read(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "robots"


def test_a_robots_txt_on_a_private_host_is_not_followed(crawled: Crawled) -> None:
    assert crawled.web.paths("robots-elsewhere") == ["/robots.txt"]


@pytest.mark.parametrize(
    "name",
    [
        *("billion-laughs", "xxe", "broken-feed", "feed-cut", "feed-of-odd-schemes", "feed-of-odd-addresses"),
        *("feed-long-title", "feed-long-url", "feed-odd-dates", "feed-controls", "feed-of-attributes"),
        *("json-feed-odd-types", "feed-of-doctypes", "feed-of-elements"),
    ],
)
def test_a_hostile_feed_gives_its_good_entries(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name, GOOD) == "fetched"


def test_an_entity_of_a_feed_reads_no_file_and_asks_nobody(crawled: Crawled) -> None:
    titles = [found.title or "" for found in crawled.history("xxe", GOOD).mentions]
    assert not any("root:" in title for title in titles)
    assert "/outside.dtd" not in crawled.web.paths("xxe")


def test_of_a_feed_of_100000_entries_the_first_5000_are_taken(crawled: Crawled) -> None:
    assert crawled.done("huge-feed").found == 5_000
    assert crawled.done("huge-feed").ended is Ended.BUDGET


def test_links_to_other_schemes_are_never_stored(crawled: Crawled) -> None:
    assert crawled.done("feed-of-odd-schemes").found == 1


def test_links_of_a_feed_to_private_hosts_are_not_followed(crawled: Crawled) -> None:
    assert crawled.outcome("feed-of-private-hosts", GOOD) == "fetched"
    assert crawled.done("feed-of-private-hosts").fetched == 1


@pytest.mark.parametrize(
    "name",
    [
        *("deep-feed", "deep-json", "gzip-bomb-feed", "feed-is-html", "sitemap-bomb", "feed-never-closed"),
        *("feed-drips", "sitemap-on-private-host"),
    ],
)
def test_a_feed_that_is_none_costs_only_itself(crawled: Crawled, name: str) -> None:
    done = crawled.done(name)
    assert (done.ended, done.found) == (Ended.DONE, 0)


def test_a_feed_that_is_said_to_be_as_it_was_before_it_was_ever_read_is_named(crawled: Crawled) -> None:
    assert crawled.done("feed-304").failed["odd_status"] == 1


def test_a_feed_in_utf_16_is_read(crawled: Crawled) -> None:
    assert crawled.history("utf-16-feed", GOOD).mentions[0].title == "Café"


def test_sitemaps_in_a_circle_are_each_asked_once(crawled: Crawled) -> None:
    assert sorted(crawled.web.paths("sitemap-circle")) == ["/", "/b.xml", "/robots.txt", "/sm.xml"]
    assert crawled.web.paths("sitemap-of-itself").count("/sm.xml") == 1


def test_sitemap_indexes_are_followed_to_a_depth_of_three(crawled: Crawled) -> None:
    maps = [path for path in crawled.web.paths("sitemap-too-deep") if path.endswith(".xml")]
    assert maps == ["/sm.xml", "/1.xml", "/2.xml", "/3.xml"]


def test_of_an_index_of_20000_sitemaps_some_hundred_are_asked_for(crawled: Crawled) -> None:
    assert crawled.done("sitemap-fan-out").requests < 310


def test_a_retry_after_of_400_digits_is_a_long_one(crawled: Crawled) -> None:
    assert crawled.done("odd-retry-after").ended is Ended.BLOCKED


def test_a_retry_after_in_words_is_none(crawled: Crawled) -> None:
    assert crawled.done("retry-after-in-words").ended is Ended.DONE
    assert crawled.outcome("retry-after-in-words") == "fetched"


def test_a_page_nested_fifty_thousand_deep_is_read_quickly(crawled: Crawled) -> None:
    assert crawled.done("deep-home").ended is Ended.DONE


def test_a_page_of_200_kb_that_would_build_millions_of_elements_costs_only_itself(crawled: Crawled) -> None:
    # what it would take of memory, test_memory_stays_below_600_mb tells
    assert crawled.done("formatting-bomb").ended is Ended.DONE


def test_a_calendar_without_end_is_no_source_of_articles(crawled: Crawled) -> None:
    assert crawled.done("calendar").requests < 10


def test_a_host_that_forbids_everything_is_left_alone_and_shown_as_blocked(crawled: Crawled) -> None:
    done = crawled.done("always-403")
    assert done.ended is Ended.BLOCKED
    assert done.requests <= 4


def test_a_short_retry_after_is_waited_for(crawled: Crawled) -> None:
    assert crawled.outcome("busy-once", GOOD) == "fetched"
    first, second = [asked for asked in crawled.asked("busy-once") if asked.path == GOOD]
    assert second.began - first.ended >= 1.0


def test_a_long_retry_after_ends_the_visit(crawled: Crawled) -> None:
    assert crawled.done("busy-for-long").ended is Ended.BLOCKED


def test_a_body_cut_once_is_asked_for_once_more(crawled: Crawled) -> None:
    assert crawled.outcome("flaky") == "fetched"


def test_one_request_at_a_time_went_to_every_host(crawled: Crawled) -> None:
    # Of an answer that the crawler gave up the server hears a moment after the next request.
    given_up = {"timeout", "too_large", "broken"}
    patient = {
        site for site in CASES if site != "bystander" and given_up.isdisjoint(crawled.done(site).failed)
    }
    worst: dict[str, int] = {}
    for asked in crawled.web.asked:
        if asked.site in patient:
            worst[asked.site] = max(worst.get(asked.site, 0), asked.at_once)
    assert len(worst) > 100
    assert max(worst.values()) == 1


def test_the_crawler_says_who_it_is_and_asks_for_codings_it_undoes(crawled: Crawled) -> None:
    for asked in crawled.web.asked:
        assert asked.headers["user-agent"].startswith("Pressrun/")
        assert asked.headers["accept-encoding"] == "gzip, deflate"


def test_failed_requests_are_told_apart_in_the_report(crawled: Crawled) -> None:
    assert json.dumps(crawled.done("gzip-bomb").failed) == '{"too_large": 1}'

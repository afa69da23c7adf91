"""Scrapy settings of the project. Each that differs from Scrapy's default says why."""

BOT_NAME = "pressrun"
SPIDER_MODULES = ["spiders.news"]
NEWSPIDER_MODULE = "spiders"

# Who we are. `PRESSRUN_CONTACT`, through the job, puts an address there: `Pressrun/0.1 (+mail@paper.example)`.
USER_AGENT = "Pressrun/0.1 (news archive; no contact set)"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # what segments, and every reader of them, can undo; Scrapy would ask for br and zstd too
    "Accept-Encoding": "gzip, deflate",
}

# Every request goes through our guard; other schemes (file, ftp, s3, data) have no handler at all.
DOWNLOAD_HANDLERS = {
    "http": "spiders.handler.GuardedHandler",
    "https": "spiders.handler.GuardedHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
ALLOW_PRIVATE_HOSTS: list[str] = []
"""`host` or `host:port` on a private network that `scrapy shell` may reach; in a crawl each seed says so."""
PRESSRUN_HOSTS = None
"""A file in the form of /etc/hosts that answers before DNS does."""
PRESSRUN_BROWSER = None
"""The program that renders the sites whose seeds say `render = true`; None: the first Chromium installed."""
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 10_000_000

# One request at a time for each host, and each seed's delay, are kept by spiders.pace, at the socket; these
# must not be in its way.
DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS = 1_000
CONCURRENT_REQUESTS_PER_DOMAIN = 1_000

ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    # lets requests through that wait for a robots.txt; ours judges each (spiders.robots)
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "spiders.robots.RobotsMiddleware": 100,
    # the handler undoes codings, within its caps
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # a visit decides itself what is tried again, and when
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    # a proxy would resolve names itself, past the guard
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "spiders.recorder.RecorderMiddleware": 900,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
REFERRER_POLICY = "no-referrer"  # switched off altogether, Scrapy warns at every start
REDIRECT_MAX_TIMES = 10
HTTPPROXY_ENABLED = False
COOKIES_ENABLED = False  # on, Scrapy fetches the list of public suffixes from the net
RETRY_ENABLED = False
METAREFRESH_ENABLED = False

ITEM_PIPELINES = {"spiders.pipelines.ArticlePipeline": 100}
FEED_EXPORT_ENCODING = "utf-8"

# Scrapy starts a hundred asyncio tasks for each response by default.
CONCURRENT_ITEMS = 1
# 2.19 opens a port on loopback that runs code; the telnet console is another.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
LOG_LEVEL = "INFO"

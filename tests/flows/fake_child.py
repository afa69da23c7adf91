"""A stand-in for `python -m spiders.run` that plays the script named by its first argument."""

import json
import os
import signal
import sys
import time
from pathlib import Path


def tell(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


job = json.loads(sys.stdin.readline())
script = sys.argv[1]

if script == "good":
    tell("log-line", level="INFO", logger="scrapy.core.engine", message="Spider opened")
    for site in job["sites"]:
        tell("progress", site=site, found=3, queued=1, fetched=2, failed=0, unchanged=0)
        tell("site-done", site=site, found=3, new=3, fetched=3, unchanged=0, requests=5, conditional=1)
elif script == "noisy":
    print("a stray print", flush=True)
    print("x" * 3_000_000, flush=True)
    os.write(1, b"\xff\xfe{\n")
    os.write(2, b"a warning on stderr \xff\n")
    tell("log-line", level="INFO", logger="after", message="the noise")
elif script == "dies":
    print("Traceback: no memory left", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
elif script == "fails":
    print("cannot read the seeds", file=sys.stderr, flush=True)
    sys.exit(2)
elif script in ("waits", "stubborn"):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    tell("log-line", level="INFO", logger="pid", message=str(os.getpid()))
    while script == "stubborn" or not stopped:
        time.sleep(0.02)
    Path(job["work"], "sealed").write_text("sealed")
    tell("segment-closed", key="segments/last.warc.gz", captures=1, bytes=10)

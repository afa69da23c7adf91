"""Reading, committing and following, killed at random moments: nothing lost, nothing doubled, nothing torn.

The campaign with the whole command, a faulty S3 and two at once is `python -m benchmarks.chaos`.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.chaos import audit
from storage.objects import open_store
from storage.state.database import open_database
from tests.support.segments import START, Answer, page, publish_segment

ROOT = Path(__file__).resolve().parents[2]
SEGMENTS = 5
KILLS = 6
SECONDS = 0.4
"""A run is killed within so many: somewhere in its first few segments."""


def archive(folder: Path) -> tuple[str, str]:
    """A store with segments that wait, and its database."""
    url, database_url = str(folder / "archive"), f"sqlite:///{folder / 'state.sqlite'}"
    store, database = open_store(url), open_database(database_url)
    (folder / "work").mkdir(parents=True)
    for number in range(SEGMENTS):
        answers = [
            Answer(url=f"https://harbour.test/{number}", body=page(number)),
            Answer(url="https://harbour.test/all", body=page(99, edition=f"edition {number}")),
            Answer(url="https://harbour.test/logo.png", body=b"\x89PNG", content_type="image/png"),
        ]
        publish_segment(store, database, folder / "work", answers, at=START.replace(hour=number))
    database.close()
    return url, database_url


def test_readers_killed_at_random_moments_leave_exactly_what_one_would_have_stored(tmp_path: Path) -> None:
    chance = random.Random(5)
    url, database_url = archive(tmp_path)
    moments = [f"{chance.uniform(0, SECONDS):.3f}" for _ in range(KILLS)]
    subprocess.run(
        [sys.executable, "-m", "tests.support.normalizer", url, database_url, *moments], cwd=ROOT, check=True
    )

    found = audit(open_store(url), database_url, tmp_path / "work", None)
    assert found.notes == ()
    # one article of its own in each segment, and one that each of them edits
    assert len(found.pairs) == 2 * SEGMENTS


def test_a_table_that_is_not_there_is_no_table_without_rows(tmp_path: Path) -> None:
    url, database_url = archive(tmp_path)
    subprocess.run(
        [sys.executable, "-m", "tests.support.normalizer", url, database_url], cwd=ROOT, check=True
    )
    shutil.rmtree(tmp_path / "archive" / "tables" / "articles")

    found = audit(open_store(url), database_url, tmp_path / "work", None)
    (note,) = found.notes
    assert (found.lost, found.doubled, found.torn) == (0, 0, 1)
    assert note.startswith("tables/articles cannot be read")

"""What a flow starts ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FLOW = """
import os, signal
from flows.workshop import Readers
if __name__ == "__main__":
    pool = Readers().pool()
    print(*{future.result() for future in [pool.submit(os.getpid) for _ in range(8)]}, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_reading_processes_end_with_a_flow_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "flow.py"
    script.write_text(FLOW)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    flow = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    # Their ends of the pipe are open as long as they live.
    said, _ = flow.communicate(timeout=60)
    assert said.split()
    assert flow.returncode == -signal.SIGKILL

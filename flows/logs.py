"""The log: one line an event, no secrets in it, and nothing from outside that forges or breaks a line.

`set_up` is called when `flows` is imported, so that whatever runs a flow (the command line, a worker's process, a
cluster's) is covered. Every record is made safe as it is made, before any handler sees it: Prefect's own, which
stores it with the run, as well as the terminal's.

`PRESSRUN_LOG=json` gives JSON lines on stderr:

    {"time":"2026-11-22T12:00:00.123Z","level":"warning","logger":"spiders.robots","event":"...","site":"harbour",
     "run":"0192...","run_name":"crawl harbour, 22 Nov 12:00"}

`site`, `segment`, `run`, `run_name`, `task` and `exception` are there where they are known. Without the setting lines
are for people.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from flows.config import JSON_LINES, SetUpError, log_form
from storage.redaction import conceal, one_line, redacted

OURS = ("flows", "pressrun", "seeds", "spiders", "storage")
"""Loggers whose lines of level INFO are told in JSON too."""
INDENT = "    "
"""Before each line of a traceback that goes to a terminal: what an exception says of itself begins no line."""

ENDS = ("Crash detected!", "Encountered exception during execution", "Finished in state Failed(")
"""How Prefect begins to tell that a run ended in an error."""
REPORTED = {"reported": True}
"""`extra` of a record that says what the run's report says too: whoever runs it by hand is told by the report."""
TRACEBACK = "Traceback (most recent call last):"

_make = logging.getLogRecordFactory()
_ready = threading.Lock()


def set_up() -> None:
    """Make every record of this process safe, and its lines JSON where the environment asks for that.

    May be called again: after Prefect was imported, whose own handler is replaced then.
    """
    conceal(os.environ)
    with _ready:
        if logging.getLogRecordFactory() is not _safe_record:
            global _make
            _make = logging.getLogRecordFactory()
            logging.setLogRecordFactory(_safe_record)
            sys.excepthook = _uncaught
    if in_json():
        # Prefect, where it is imported later, finds a handler and leaves the root alone
        _json_only(logging.getLogger())


def in_json() -> bool:
    """Whether the environment asks for JSON lines."""
    try:
        return log_form(os.environ) == JSON_LINES
    except SetUpError:  # told where the configuration is read
        return False


def _json_only(root: logging.Logger) -> None:
    for handler in list(root.handlers):
        if type(handler).__name__ == "PrefectConsoleHandler":
            root.removeHandler(handler)
    if not any(isinstance(handler, Console) for handler in root.handlers):
        root.addHandler(Console())
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def leave_ends_to_us(*, pages: bool) -> None:
    """Have Prefect not tell on the terminal how a run ended in an error: who runs it by hand is told in one sentence.

    Nor what its report tells; nor, unless its server has `pages`, at which address a run can be viewed. The run's own
    log has it all the same. To be called when Prefect is imported.
    """
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Console) or type(handler).__name__ == "PrefectConsoleHandler":
            if not pages:
                handler.addFilter(_no_page)
            if not isinstance(handler, Console):
                handler.addFilter(_no_end)


def _no_end(record: logging.LogRecord) -> bool:
    told = getattr(record, "reported", False) or record.getMessage().startswith(ENDS)
    return not (record.name == "prefect.flow_runs" and told)


def _no_page(record: logging.LogRecord) -> bool:
    return not (record.name == "prefect.flow_runs" and record.getMessage().startswith("View at http"))


# --- Safe -------------------------------------------------------------------------------------------


def safe(text: str) -> str:
    """One line without secrets."""
    return one_line(redacted(text))


def safe_lines(text: str) -> str:
    """Several lines without secrets, none of which looks like the first of an event."""
    lines = one_line(redacted(text), keep="\n\t").split("\n")
    return "\n".join(INDENT + line for line in lines)


def _safe_record(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401
    record = _make(*args, **kwargs)
    if record.name == "uvicorn.access" and isinstance(record.args, tuple):  # its formatter takes them apart
        record.args = tuple(safe(arg) if isinstance(arg, str) else arg for arg in record.args)
        return record
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError, IndexError):  # more or fewer arguments than places
        message = f"{record.msg} {record.args!r}"
    # what a crawler's process tells of an exception comes as one text
    message, begin, trace = message.partition(TRACEBACK)
    record.msg, record.args = safe(message.rstrip()), None
    if begin:
        record.exc_text = safe_lines(begin + trace)
    if record.exc_info and record.exc_info[1] is not None:
        # formatters take this text where there is one
        record.exc_text = safe_lines(logging.Formatter().formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = safe_lines(record.stack_info)
    return record


def say(sentence: str, *, prefix: str = "", level: int = logging.INFO) -> None:
    """Tell whoever runs a command something on stderr: a plain line after `prefix`, or a line of the log in JSON."""
    if in_json():
        set_up()
        logging.getLogger("pressrun").log(level, "%s", sentence)
    else:
        # sentences of ours may have several lines; what is quoted in them comes escaped or in quotes
        print(prefix + one_line(redacted(sentence), keep="\n"), file=sys.stderr, flush=True)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    record = logging.getLogger("pressrun").makeRecord(
        "pressrun", logging.CRITICAL, __file__, 0, "the program ended in an error", (), (kind, error, trace)
    )
    print(Lines().format(record) if in_json() else logging.Formatter().format(record), file=sys.stderr)


# --- JSON -------------------------------------------------------------------------------------------


class Lines(logging.Formatter):
    """Records as JSON objects, one a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        moment = datetime.fromtimestamp(record.created, UTC)
        # lines of a crawler's child process are told by the run, and name who said it first
        origin = str(getattr(record, "origin", record.name))
        line: dict[str, str] = {
            "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "level": record.levelname.lower(),
            "logger": safe(origin),
            "event": record.getMessage().removeprefix(f"[{origin}] "),
        }
        run = {
            "run": getattr(record, "flow_run_id", None),
            "run_name": getattr(record, "flow_run_name", None),
            "task": getattr(record, "task_run_name", None),
        }
        if run["run"] is None:
            run |= _current_run()
        known = {name: getattr(record, name, None) for name in ("site", "segment")} | run
        line |= {name: safe(str(value)) for name, value in known.items() if value}
        if record.exc_info and not record.exc_text:
            record.exc_text = safe_lines(self.formatException(record.exc_info))
        if record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


class Console(logging.StreamHandler[TextIO]):
    """JSON lines on stderr. Also for Prefect's own processes: `PREFECT_LOGGING_HANDLERS_CONSOLE_CLASS`."""

    def __init__(self, stream: TextIO | None = None, **_styles: object) -> None:
        super().__init__(stream or sys.stderr)
        self.formatter = Lines()

    def setFormatter(self, fmt: logging.Formatter | None) -> None:
        """Keep ours, whatever a configuration names."""


def _current_run() -> dict[str, str | None]:
    """The run that this thread works for, where Prefect knows of one."""
    context = sys.modules.get("prefect.context")
    if context is None:
        return {}
    flow = context.FlowRunContext.get()
    if flow is not None and flow.flow_run is not None:
        return {"run": str(flow.flow_run.id), "run_name": flow.flow_run.name}
    task = context.TaskRunContext.get()
    if task is not None:
        return {"run": str(task.task_run.flow_run_id or ""), "task": task.task_run.name}
    return {}

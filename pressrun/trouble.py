"""How a command ends when something is wrong: one sentence on stderr, and 1 or 2 for the shell."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from flows.config import SetUpError
from flows.logs import say
from flows.stored_segments import UnknownSegment
from flows.workshop import UnknownSite
from seeds.load import SeedError
from seeds.sample.paper import PaperError
from seeds.sample.server import PortInUse
from spiders.guard import HostsFileError
from storage.batches import DamagedBatch
from storage.documents import BadCursor
from storage.log import DamagedLog
from storage.objects import NotFound, StoreError, is_of_the_machine, sentence
from storage.state.database import DatabaseError

FAILED = 1
"""Exit code: the request was right and the work failed."""
WRONG = 2
"""Exit code: the request, a seed file or the set-up was wrong; nothing was written."""
STOPPED = 130
"""Exit code that typer gives where Ctrl-C was pressed."""


_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for a command line that it cannot read; it has no public name."""
_INVALID = re.compile(r"Invalid value for '([^']+)': (?:Value error, )?")


class RequestError(Exception):
    """What was asked cannot be done as asked; the message names the value and the remedy."""


class WorkError(Exception):
    """The work was tried and failed; the message says on what."""


_WRONG = (
    RequestError,
    SeedError,
    StoreError,
    DatabaseError,
    UnknownSite,
    UnknownSegment,
    SetUpError,
    HostsFileError,
    PaperError,
    PortInUse,
)


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Turn every error that a person can act on into its message and an exit code."""
    try:
        yield
    except (DamagedBatch, NotFound) as error:
        hint = "; `pressrun verify` names what is damaged and how it is mended"
        sys.exit(complain(f"{error}{hint}", FAILED))
    except _WRONG as error:
        sys.exit(complain(error, WRONG))
    except _UsageError as error:
        sys.exit(complain(_misread(error), WRONG))
    except (WorkError, DamagedLog, BadCursor) as error:
        sys.exit(complain(error, FAILED))
    except OSError as error:
        # Python's own flush at exit must not meet the broken output again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # `pressrun read | head`: the reader has gone, which is no error of ours
        sys.exit(0 if isinstance(error, BrokenPipeError) else _complain_of_machine(error))
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # as below, where typer has caught it
            sys.exit(0)
        if end.code == STOPPED:
            complain("stopped", STOPPED)
        raise
    except Exception as error:
        if not _of_tables(error):
            raise
        sys.exit(complain(error, FAILED))


def _misread(error: Exception) -> str:
    """What is wrong with a command line in one sentence, and where to read how it is written."""
    context, told = getattr(error, "ctx", None), getattr(error, "format_message", error.__str__)()
    told = _INVALID.sub(r"\1 ", str(told).rstrip("."))
    told = told if told.startswith("-") else told[:1].lower() + told[1:]
    command = context.command_path if context else "pressrun"
    return f"{told}{' See' if told.endswith('?') else '; see'} `{command} --help`"


def _complain_of_machine(error: OSError) -> int:
    """A full disk and the like are to be put right before anything can be done; other errors are of the work."""
    return complain(sentence(error), WRONG) if is_of_the_machine(error) else complain(error, FAILED)


def _of_tables(error: Exception) -> bool:
    """Whether it is of the tables, which take a second to load: whoever has not loaded them has not met it."""
    delta = sys.modules.get("storage.delta")
    return delta is not None and isinstance(error, delta.TableError)


def complain(message: object, code: int) -> int:
    """Write a message for a person to stderr and give the exit code back."""
    say(str(message), prefix="pressrun: ", level=logging.ERROR)
    return code

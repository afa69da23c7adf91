"""Prefect flows as sentences. Importing them sets the log up, whatever process runs them."""

import os

from flows.lifeline import follow
from flows.logs import set_up

set_up()
follow(os.environ)

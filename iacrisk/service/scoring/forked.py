"""Imported only by the server that judging processes are forked from, to get it ready."""

from __future__ import annotations

from iacrisk.service.scoring.warming import warm_up

warm_up()

"""Waking workers on many machines, through the PostgreSQL that holds the jobs."""

from __future__ import annotations

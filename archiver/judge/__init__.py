"""Opinions from facts: verdicts, findings, events, the timetable; pure."""

from __future__ import annotations

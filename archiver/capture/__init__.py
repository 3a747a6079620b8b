"""Recording a page in a real browser: browser, recorder, screenshot, WARC."""

from __future__ import annotations

"""The meter that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

import archiver
from archiver.daemon.measures import MEASURES, OTHER, Kind, Measure

PREFIX = "archiver"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class PrometheusMeter:
    """Implements :class:`archiver.ports.Meter` with a registry of its own.

    A name that is not declared counts nothing, and a label value that is not declared counts as
    ``other``: a slip in a measure must not stop the work it measures. With ``is_strict`` both are
    a :class:`ValueError`, for tests. Safe to use from any thread.
    """

    def __init__(self, measures: Iterable[Measure] = MEASURES, *, is_strict: bool = False) -> None:
        disable_created_metrics()  # when each series began, which nobody asks, doubles their number
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._is_strict = is_strict
        self._declared = {one.name: one for one in measures}
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for one in self._declared.values():
            self._make(one)
        version = Gauge("info", "Which version runs.", ["version"], PREFIX, registry=self.registry)
        version.labels(archiver.__version__).set(1)

    def _make(self, one: Measure) -> None:
        labels, registry = list(one.labels), self.registry
        if one.kind is Kind.COUNTER:
            self._counters[one.name] = Counter(
                one.name, one.help, labels, PREFIX, registry=registry
            )
        elif one.kind is Kind.GAUGE:
            self._gauges[one.name] = Gauge(one.name, one.help, labels, PREFIX, registry=registry)
        else:
            self._histograms[one.name] = Histogram(
                one.name, one.help, labels, PREFIX, registry=registry, buckets=one.buckets
            )

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Add to a counter."""
        counter = self._counters.get(name)
        if counter is None or (known := self._known(name, labels)) is None:
            self._refuse(name, "counter")
            return
        (counter.labels(**known) if known else counter).inc(by)

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Note how long, or how large, something was."""
        histogram = self._histograms.get(name)
        if histogram is None or (known := self._known(name, labels)) is None:
            self._refuse(name, "histogram")
            return
        (histogram.labels(**known) if known else histogram).observe(seconds)

    def stands(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges.get(name)
        if gauge is None or (known := self._known(name, labels)) is None:
            self._refuse(name, "gauge")
            return
        (gauge.labels(**known) if known else gauge).set(value)

    def page(self) -> bytes:
        """Return everything that was measured, in Prometheus's text format."""
        return generate_latest(self.registry)

    def _known(self, name: str, labels: Mapping[str, str]) -> dict[str, str] | None:
        """Return labels with every value of its list; None when their names are not the measure's.

        Raises:
            ValueError: strict, and a value is not in its list.
        """
        declared = self._declared[name].labels
        if labels.keys() != declared.keys():
            return None
        odd = [label for label, value in labels.items() if value not in declared[label]]
        if odd and self._is_strict:
            message = f"{name}: {labels[odd[0]]!r} is no value of its label {odd[0]}"
            raise ValueError(message)
        return {label: OTHER if label in odd else str(value) for label, value in labels.items()}

    def _refuse(self, name: str, kind: str) -> None:
        if self._is_strict:
            message = f"{name} is no {kind} with such labels; see archiver/daemon/measures.py"
            raise ValueError(message)

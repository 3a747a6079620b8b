"""What the flow needs of the outside, in the product's words.

Every implementation of a port, real or double, passes the same contract suite
(``tests/contract``).
"""

from __future__ import annotations

from archiver.ports.evidence import (
    Captures,
    Digest,
    Features,
    Holding,
    Judged,
    Known,
    Looks,
    Mementos,
    Pins,
    Pushes,
)
from archiver.ports.follow import Articles, Claim, Claims, Feeds, KeptArticle, Sources
from archiver.ports.meter import Meter, Silent
from archiver.ports.outside import CaptureOrder, Clock, Fetcher, Files, Logins, Recorder, SetAside
from archiver.ports.overview import ArticleCounts, Overview, SourceCounts
from archiver.ports.queue import (
    Attend,
    Calendar,
    Depth,
    Longest,
    Quarantine,
    Queue,
    Queued,
    QueueSweep,
    Taken,
    Turns,
    Workers,
)
from archiver.ports.standing import Services, Siblings
from archiver.ports.store import Store
from archiver.ports.tell import Backlog, Custody, Deliveries, Plan, Teller

__all__ = [
    "ArticleCounts",
    "Articles",
    "Attend",
    "Backlog",
    "Calendar",
    "CaptureOrder",
    "Captures",
    "Claim",
    "Claims",
    "Clock",
    "Custody",
    "Deliveries",
    "Depth",
    "Digest",
    "Features",
    "Feeds",
    "Fetcher",
    "Files",
    "Holding",
    "Judged",
    "KeptArticle",
    "Known",
    "Logins",
    "Longest",
    "Looks",
    "Mementos",
    "Meter",
    "Overview",
    "Pins",
    "Plan",
    "Pushes",
    "Quarantine",
    "Queue",
    "QueueSweep",
    "Queued",
    "Recorder",
    "Services",
    "SetAside",
    "Siblings",
    "Silent",
    "SourceCounts",
    "Sources",
    "Store",
    "Taken",
    "Teller",
    "Turns",
    "Workers",
]

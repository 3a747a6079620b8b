"""What a worker said about one capture, collected as it said it."""

from __future__ import annotations

from dataclasses import dataclass, field

from archiver.capture import messages
from archiver.capture.messages import Message
from archiver.model.capture import CRASH, Artifact, WarcRecord
from archiver.model.inquiry import Headers
from archiver.net.decisions import Decision


@dataclass(slots=True)
class Raw:
    """Grows message by message, so that it holds what was told when the worker dies.

    ``warc_bytes`` is the length of the WARC up to its last whole record; 0 when there is none.
    """

    version: str = ""
    final_url: str | None = None
    status: int | None = None
    title: str | None = None
    text: str = ""
    html: str = ""
    headers: Headers = ()
    failure: str | None = None
    was_seen: bool = False
    is_done: bool = False
    has_crashed: bool = False
    warc_bytes: int = 0
    records: list[WarcRecord] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    limits: tuple[str, ...] = ()
    account: str | None = None
    """The platform whose log-in saw the page, if one did."""
    told: Message = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Note one message."""
        said = message["say"]
        if said == "wrote":
            self.records += [messages.record_from_json(one) for one in message["records"]]
            self.warc_bytes = message["bytes"]
        elif said == "file":
            self.artifacts.append(messages.artifact_from_json(message["artifact"]))
        elif said == "seen":
            self._see(message)
        elif said == "done":
            self.problems.update(message["problems"])
            self.told = {
                name: value for name, value in message.items() if name not in {"say", "problems"}
            }
            self.is_done = True
        elif said == "failed":
            self.crash(message["error"])
            self.is_done = True

    def crash(self, told: str) -> None:
        """Note that the browser or its process broke down, which is no fault of the page alone."""
        self.has_crashed = True
        self.problems[CRASH] = f"the browser broke down: {told}"

    def _see(self, message: Message) -> None:
        self.final_url = message["final_url"]
        self.status = message["status"]
        self.title = message["title"]
        self.text = message["text"]
        self.html = message["html"]
        self.headers = tuple((name, value) for name, value in message["headers"])
        self.failure = message["failure"]
        self.problems.update(message["problems"])
        self.was_seen = True

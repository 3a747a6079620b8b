"""How much space there is for evidence."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
GIB = 1024 * MIB
SHARE = 20  # a twentieth of the disk: below it file systems get slow, and a capture may fill it
AMPLE = 1.05  # so much more than the floor, and work goes on: it does not stop and go


def size_in_words(size: int) -> str:
    """Return a size as people read it; what is less than a GiB in whole MiB."""
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size // MIB} MiB"


@dataclass(frozen=True, slots=True)
class Room:
    """Free space and size of the disk under the home directory, and the floor that was set."""

    free_bytes: int
    total_bytes: int
    floor_set_bytes: int

    @property
    def floor_bytes(self) -> int:
        """Below this nothing is captured or looked at: the evidence could not be kept.

        A floor of nothing switches the share of the disk off, too.
        """
        if not self.floor_set_bytes:
            return 0
        return max(self.floor_set_bytes, self.total_bytes // SHARE)

    @property
    def is_low(self) -> bool:
        """Tell whether the floor is reached."""
        return self.free_bytes < self.floor_bytes

    @property
    def is_ample(self) -> bool:
        """Tell whether there is more than the floor again."""
        return self.free_bytes >= AMPLE * self.floor_bytes

    @property
    def complaint(self) -> str:
        """Say what is wrong and how to mend it, in one line."""
        free, floor = self.free_bytes // MIB, self.floor_bytes // MIB
        return (
            f"the disk has {free} MiB left, less than the floor of {floor} MiB; make room, or"
            f" {self.other_way}"
        )

    @property
    def other_way(self) -> str:
        """Say what else than making room ends the want of it."""
        if self.free_bytes < self.total_bytes // SHARE:
            return "set daemon.disk_floor_mib to 0: else a twentieth of the disk is the least floor"
        return "lower daemon.disk_floor_mib"

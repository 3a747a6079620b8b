"""Years of synthetic webs in seconds: what a timetable finds, how late, and at what cost; pure."""

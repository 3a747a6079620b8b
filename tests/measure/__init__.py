"""Commands that measure how well articles are read; they print figures and assert nothing."""

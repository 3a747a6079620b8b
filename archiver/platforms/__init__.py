"""The platforms we know how to ask, as one explicit list; pure, no input or output."""

"""Reports: an audit as one value, and pure functions from it to text, one module a format.

``entry`` is the value, ``wired`` fills it, ``wording`` says it for a person; ``details``,
``page``, ``sheet``, ``junit`` and ``sarif`` write it down. Only ``pictures`` reads files.
"""

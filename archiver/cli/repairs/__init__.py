"""Repairs of an article: robust links, static cards for dead embeds, the patched page.

Pure functions from values to HTML. Nothing is changed in place, and nothing that was captured
becomes markup; the author's own HTML stays as it is, scripts too.
"""

"""The nouns: frozen values from the standard library alone, one module a noun."""

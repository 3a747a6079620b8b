"""Case tables of the platforms: address to identity, answers to signal."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The machine may be busy: how long one example takes is no property of the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

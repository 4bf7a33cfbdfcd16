"""Alarms in ``site.yaml``: which values are a matter of concern, with hysteresis and delay."""

from __future__ import annotations

from twin.catalog.strict import Strict


class AlarmRules(Strict):
    """All rules of a site; without the section, the national ones and those of the characteristic levels."""

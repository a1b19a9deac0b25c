"""Alarms, calls and guards that go: others still tell, or hold."""

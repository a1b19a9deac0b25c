"""Kubernetes objects of a plan, charts, and what pods need."""

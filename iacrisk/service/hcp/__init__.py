"""Talking to HCP Terraform: fetching plans, and saying how a task result ends."""

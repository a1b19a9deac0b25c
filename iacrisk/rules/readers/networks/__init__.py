"""Addresses, filters, routes and names, and who lives where."""

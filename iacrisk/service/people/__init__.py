"""Who the people are: sign-in, sessions, roles, and what protects their browsers.

Nothing here draws a page or knows what an assessment is.
"""

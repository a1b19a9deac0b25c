"""What policies, grants and roles let whom do, before and after."""

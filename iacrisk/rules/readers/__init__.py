"""What rules of several families read from a plan: policies, grants, filters, routes, records."""

"""The run-task service: scores every run of HCP Terraform and holds risky ones for a person.

The second front door beside `cli`. Its libraries are those of the extra `service`.
"""

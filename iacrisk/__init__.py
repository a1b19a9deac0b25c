"""iacrisk judges what a Terraform or OpenTofu plan does before it is applied."""

__version__ = "0.1.0"

"""Additions: new things beside the present ones, and settings that complete them."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.names import references
from iacrisk.training.operators.stack import Operator, Site, Stack, append, place
from iacrisk.training.operators.syntax import Block

_FAMILY = "additions"
_NEW = {
    "queue": """resource "aws_sqs_queue" "new_reports" {
  name                      = "new-reports"
  message_retention_seconds = 86400
}
""",
    "bucket": """resource "aws_s3_bucket" "new_reports" {
  bucket = "new-reports-archive"
}
""",
    "topic": """resource "aws_sns_topic" "new_reports" {
  name = "new-reports"
}
""",
    "log group": """resource "aws_cloudwatch_log_group" "new_reports" {
  name              = "/new/reports"
  retention_in_days = 14
}
""",
    "parameter": """resource "aws_ssm_parameter" "new_reports" {
  name  = "/new/reports"
  type  = "String"
  value = "off"
}
""",
    "role": """resource "aws_iam_role" "new_reports" {
  name = "new-reports"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "lambda.amazonaws.com" }
      },
    ]
  })
}
""",
    "table": """resource "aws_dynamodb_table" "new_reports" {
  name         = "new-reports"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
""",
    "alarm": """resource "aws_cloudwatch_metric_alarm" "new_reports" {
  alarm_name          = "new-reports-errors"
  namespace           = "Reports"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 1
}
""",
    "key": """resource "aws_kms_key" "new_reports" {
  description             = "Reports"
  deletion_window_in_days = 7
}
""",
    "repository": """resource "aws_ecr_repository" "new_reports" {
  name = "new-reports"
}
""",
    "user": """resource "aws_iam_user" "new_reports" {
  name = "new-reports-reader"
}
""",
    "schedule": """resource "aws_cloudwatch_event_rule" "new_reports" {
  name                = "new-reports-daily"
  schedule_expression = "rate(1 day)"
}
""",
}


def _root_file(stack: Stack) -> str | None:
    files = [file.path for file in stack.files if "/" not in file.path and file.nested("resource")]
    return min(files, default=None, key=lambda path: (path != "main.tf", path))


def _new(stack: Stack) -> Iterator[Site]:
    """Something new that has to do with nothing else."""
    path = _root_file(stack)
    for parameter, text in _NEW.items() if path else ():
        yield Site(
            where=f"{path}:new", parameter=parameter, splices=(append(stack, path or "", text),)
        )


def _bare(stack: Stack, kind: str) -> Iterator[Block]:
    """Buckets made one by one that have no such companion in their module."""
    for block in stack.resources("aws_s3_bucket"):
        if block.attribute("count") or block.attribute("for_each"):
            continue
        companions = [
            other
            for file in stack.module_files(block.path)
            for other in file.nested("resource")
            if other.type == kind
        ]
        found = list(references(stack, block))
        owned = any(
            other.path == one.path and other.start <= one.start < other.end
            for other in companions
            for one in found
        )
        if not owned:
            yield block


_COMPANIONS = {
    "aws_s3_bucket_versioning": """
  versioning_configuration {
    status = "Enabled"
  }
""",
    "aws_s3_bucket_public_access_block": """
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
""",
    "aws_s3_bucket_server_side_encryption_configuration": """
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
""",
    "aws_s3_bucket_lifecycle_configuration": """
  rule {
    id     = "parts"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
""",
}


def _complete(stack: Stack) -> Iterator[Site]:
    """A companion that a bucket did not have."""
    for kind, body in _COMPANIONS.items():
        for block in _bare(stack, kind):
            text = (
                f'resource "{kind}" "{block.labels[1]}_added" {{\n'
                f"  bucket = {block.address}.id\n{body}}}\n"
            )
            yield Site(
                where=place(block), parameter=kind, splices=(append(stack, block.path, text),)
            )


_POLICIES = {
    "anyone reads": '{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", '
    'Resource = "${ADDRESS.arn}/*" }',
    "account reads": '{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, '
    'Action = "s3:GetObject", Resource = "${ADDRESS.arn}/*" }',
    "no plain HTTP": '{ Effect = "Deny", Principal = "*", Action = "s3:*", '
    'Resource = "${ADDRESS.arn}/*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }',
    "nobody deletes": '{ Effect = "Deny", Principal = "*", Action = "s3:DeleteObject", '
    'Resource = "${ADDRESS.arn}/*" }',
    "only encrypted": '{ Effect = "Deny", Principal = "*", Action = "s3:PutObject", '
    'Resource = "${ADDRESS.arn}/*", '
    'Condition = { StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" } } }',
}


def _bucket_policy(stack: Stack) -> Iterator[Site]:
    """A policy for a bucket that had none."""
    for block in _bare(stack, "aws_s3_bucket_policy"):
        for parameter, statement in _POLICIES.items():
            text = (
                f'resource "aws_s3_bucket_policy" "{block.labels[1]}_added" {{\n'
                f"  bucket = {block.address}.id\n\n"
                "  policy = jsonencode({\n"
                '    Version = "2012-10-17"\n'
                "    Statement = [\n"
                f"      {statement.replace('ADDRESS', block.address)},\n"
                "    ]\n  })\n}\n"
            )
            yield Site(
                where=place(block), parameter=parameter, splices=(append(stack, block.path, text),)
            )


OPERATORS: tuple[Operator, ...] = (
    Operator(name="new-resource", family=_FAMILY, find=_new, calm=True, share=0.5),
    Operator(name="complete-bucket", family=_FAMILY, find=_complete, calm=True),
    Operator(name="bucket-policy", family=_FAMILY, find=_bucket_policy),
)

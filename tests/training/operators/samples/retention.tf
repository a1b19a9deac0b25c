resource "aws_cloudwatch_log_group" "web" {
  retention_in_days = 30
}

resource "aws_sqs_queue" "work" {
  message_retention_seconds = 345600
}

resource "aws_kinesis_stream" "clicks" {
  retention_period = 48
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  rule {
    expiration {
      days = 90
    }
  }

  rule {
    noncurrent_version_expiration {
      noncurrent_days = 20
    }
  }
}

locals {
  database = {
    backup_retention_days = 7
  }
}

resource "aws_kms_key" "data" {
  deletion_window_in_days = 14
}

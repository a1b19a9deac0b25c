locals {
  teams = ["web", "ads"]

  queues = {
    mail = { delay = 5 }
    sms  = { delay = 0 }
  }

  enable_archive = true
}

resource "aws_sqs_queue" "this" {
  for_each = local.queues

  name          = each.key
  delay_seconds = each.value.delay
}

resource "aws_ssm_parameter" "url" {
  for_each = { mail = "a", fax = "b" }

  name  = each.key
  value = each.value
}

resource "aws_s3_bucket" "team" {
  count  = length(local.teams)
  bucket = "files-${local.teams[count.index]}-${count.index}"
}

resource "aws_s3_bucket_versioning" "team" {
  count  = length(local.teams)
  bucket = aws_s3_bucket.team[count.index].id
}

resource "aws_sns_topic" "mail" {
  name = aws_sqs_queue.this["sms"].name
}

output "topic" {
  value = aws_sns_topic.mail.arn
}

output "buckets" {
  value = aws_s3_bucket.team[*].id
}

resource "aws_sqs_queue" "lone" {
  name = "lone"
}

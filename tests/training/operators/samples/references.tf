locals {
  name = "shop-prod"
}

resource "aws_sqs_queue" "work" {
  name = "${local.name}-work"
}

resource "aws_sqs_queue" "dead" {
  name = "dead"
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_s3_bucket_versioning" "files" {
  bucket = "files"
}

resource "aws_sns_topic_subscription" "work" {
  endpoint = aws_sqs_queue.work.arn
}

resource "aws_ssm_parameter" "queue" {
  value = aws_sqs_queue.work.name
}

resource "aws_sqs_queue" "team" {
  for_each = toset(["web", "ads"])
  name     = each.value
}

resource "aws_ssm_parameter" "team" {
  for_each = { web = aws_sqs_queue.team["web"].arn, ads = aws_sqs_queue.team["ads"].arn }
  value    = each.value
}

resource "aws_route53_record" "www" {
  name    = "www.example.com"
  type    = "CNAME"
  records = ["web.example.com"]
}

resource "aws_route53_record" "root" {
  name = "example.com"
  type = "A"

  alias {
    name = "web.example.com"
  }
}

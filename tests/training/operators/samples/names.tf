locals {
  prefix = "shop"
}

resource "aws_sqs_queue" "work" {
  name = "${local.prefix}-work"
}

resource "aws_sns_topic" "this" {
  name = "events.fifo"
}

resource "aws_kms_alias" "key" {
  name          = "alias/shop"
  target_key_id = "1234"
}

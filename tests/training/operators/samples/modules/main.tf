locals {
  name = "shop"
}

module "queue" {
  source = "./queue"
  name   = "${local.name}-work"
}

resource "aws_sns_topic" "events" {
  name = "${local.name}-events"
}

resource "aws_sns_topic_subscription" "work" {
  topic_arn = aws_sns_topic.events.arn
  endpoint  = module.queue.arn
}

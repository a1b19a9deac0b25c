resource "aws_sns_topic" "events" {
  name = "events"
  tags = { Team = "web" }
}

resource "aws_sns_topic_subscription" "work" {
  topic_arn = aws_sns_topic.events.arn
  endpoint  = "arn:aws:sqs:us-east-1:123456789012:work"
}

resource "aws_dynamodb_table" "orders" {
  name = "orders"

  ttl {
    attribute_name = "expires"
  }
}

module "archive" {
  source = "./archive"
}

output "archive" {
  value = module.archive
}

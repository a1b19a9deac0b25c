provider "aws" {
  default_tags {
    tags = {
      Team = "web"
    }
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
  tags   = { Team = "web", Cost = "1" }
}

resource "aws_sqs_queue" "work" {
  name = "work"
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "Web servers"
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_description  = "Old messages"
  threshold          = 80
  period             = 300
  evaluation_periods = 2
}

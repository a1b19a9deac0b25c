variable "name" {
  type = string
}

resource "aws_sqs_queue" "work" {
  name          = "${var.name}-work"
  delay_seconds = 5
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name    = "age"
  alarm_actions = ["arn:aws:sns:us-east-1:123456789012:ops"]
}

output "queue" {
  value = aws_sqs_queue.work.name
}

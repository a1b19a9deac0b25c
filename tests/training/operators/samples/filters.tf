resource "aws_cloudwatch_event_rule" "returns" {
  event_pattern = jsonencode({ source = ["parcels"], kind = ["returned", "refused"] })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  schedule_expression = "cron(0 3 * * ? *)"
  state               = "ENABLED"
}

resource "aws_sns_topic_subscription" "all" {
  raw_message_delivery = true
}

resource "aws_sns_topic_subscription" "some" {
  filter_policy = jsonencode({
    kind = ["order"]
  })
}

resource "aws_lambda_event_source_mapping" "work" {
  enabled = false
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  rule {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_notification" "files" {
  queue {
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "in/"
    filter_suffix = ".csv"
  }
}

resource "aws_lb_listener_rule" "api" {
  priority = 10

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }

  condition {
    host_header {
      values = ["a.example.com", "b.example.com"]
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  pattern = "ERROR"
}

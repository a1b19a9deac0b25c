locals {
  functions = {
    api = {
      timeout     = 15
      environment = { TABLE = aws_dynamodb_table.orders.name, LEVEL = "info" }
    }
  }
  release = "2024.11.3"
}

resource "aws_dynamodb_table" "orders" {
  name = "orders"
}

resource "aws_lambda_event_source_mapping" "work" {
  batch_size = 10
}

resource "aws_lb_target_group" "web" {
  deregistration_delay = 60

  health_check {
    path    = "/healthz"
    matcher = "200"
  }
}

resource "aws_launch_template" "web" {
  user_data = base64encode("#!/bin/sh\nexec web\n")
}

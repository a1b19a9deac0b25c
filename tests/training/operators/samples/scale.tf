variable "shards" {
  default = 2
}

locals {
  services = {
    web = { desired_count = 3, memory = 512 }
  }
}

resource "aws_autoscaling_group" "web" {
  min_size = 1
  max_size = 4
}

resource "aws_dynamodb_table" "orders" {
  read_capacity = 20
}

resource "aws_lambda_function" "api" {
  reserved_concurrent_executions = 10
}

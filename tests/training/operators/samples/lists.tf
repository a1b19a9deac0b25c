locals {
  teams = ["web", "ads", "zoo"]
}

variable "private_cidrs" {
  default = ["10.0.1.0/24", "10.0.2.0/24"]
}

resource "aws_sqs_queue" "team" {
  for_each = toset(["one", "two"])
  name     = each.value
}

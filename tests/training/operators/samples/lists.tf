locals {
  teams = ["web", "ads", "zoo"]

  networks = {
    shared = { subnets = ["10.1.1.0/24"], uses = ["web"] }
  }
}

variable "private_cidrs" {
  default = ["10.0.1.0/24", "10.0.2.0/24"]
}

resource "aws_sqs_queue" "team" {
  for_each = toset(["one", "two"])
  name     = each.value
}

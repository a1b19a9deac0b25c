resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
}

resource "aws_lb" "web" {
  internal = false
}

resource "aws_lb_target_group" "web" {
  port     = 8080
  protocol = "HTTP"
}

resource "aws_lb_listener" "web" {
  port = 443
}

resource "aws_db_instance" "main" {
  db_name             = "shop"
  username            = "owner"
  publicly_accessible = false
}

resource "aws_vpc" "main" {
  enable_dns_hostnames = true
}

resource "aws_subnet" "web" {
  map_public_ip_on_launch = true
}

resource "aws_efs_file_system" "files" {
  performance_mode = "generalPurpose"
}

resource "aws_dynamodb_table" "orders" {
  billing_mode = "PROVISIONED"
  hash_key     = "order"

  attribute {
    name = "order"
    type = "S"
  }

  global_secondary_index {
    projection_type = "ALL"
  }
}

resource "aws_iam_role" "app" {
  name = "app"
}

resource "aws_sqs_queue" "work" {
  name = "work"
}

resource "aws_instance" "jump" {
  ami = "ami-1"
}

resource "aws_ecs_task_definition" "web" {
  container_definitions = jsonencode([
    {
      name      = "web"
      essential = true
    },
  ])
}

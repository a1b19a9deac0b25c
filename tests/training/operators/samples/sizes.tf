resource "aws_kms_key" "one" {
  description = "One"
}

resource "aws_kms_key" "two" {
  description = "Two"
}

resource "aws_db_instance" "main" {
  instance_class    = "db.m5.2xlarge"
  engine            = "postgres"
  engine_version    = "15.4"
  allocated_storage = 100
  storage_type      = "gp2"
  storage_encrypted = true
  multi_az          = false
  kms_key_id        = aws_kms_key.one.arn
}

resource "aws_ebs_volume" "data" {
  size      = 40
  encrypted = false
}

resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.two.arn
    }
  }
}

resource "aws_lambda_function" "api" {
  memory_size = 512
}

resource "aws_ecs_task_definition" "web" {
  cpu    = "256"
  memory = "512"
}

resource "aws_db_instance" "main" {
  deletion_protection = true
  skip_final_snapshot = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_db_instance" "replica" {
  deletion_protection = false
  skip_final_snapshot = true

  lifecycle {
    ignore_changes  = [password]
    prevent_destroy = true
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket              = aws_s3_bucket.files.id
  block_public_acls   = true
  block_public_policy = false
}

resource "aws_dynamodb_table" "orders" {
  name = "orders"

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_cloudtrail" "main" {
  enable_logging = false
}

resource "aws_ecr_repository" "app" {
  image_tag_mutability = "MUTABLE"
}

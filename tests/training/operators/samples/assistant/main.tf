data "aws_caller_identity" "current" {}

resource "aws_security_group" "web" {
  name = "web"

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_security_group" "database" {
  name = "database"
}

resource "aws_db_instance" "main" {
  identifier          = "main"
  deletion_protection = true
  kms_key_id          = "arn:aws:kms:us-east-1:${data.aws_caller_identity.current.account_id}:key/1"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role_policy" "web" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::files/*" }]
  })
}

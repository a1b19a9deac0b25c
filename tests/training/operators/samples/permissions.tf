data "aws_iam_policy_document" "app" {
  statement {
    sid       = "Files"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.files.arn}/*", aws_s3_bucket.files.arn]
  }

  statement {
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_iam_role_policy" "web" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Files"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:DeleteObject"]
        Resource = "${aws_s3_bucket.files.arn}/*"
      },
      { Effect = "Allow", Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}

module "network" {
  source = "./network"
}

# aws_vpc.this is old
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${aws_vpc.this.id}-a"
  }

  depends_on = [module.network]
}

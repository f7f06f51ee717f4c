provider "aws" {
  region     = "eu-central-1"
  access_key = "@@secret:aws-key@@"
}

resource "aws_security_group" "open" {
  name        = "open"
  description = "open to the world"

  ingress {
    description = "remote desktop"
    from_port   = 3389
    to_port     = 3389
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "main" {
  allocated_storage   = 20
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  publicly_accessible = true
  storage_encrypted   = false
}

# A configuration that needs no cloud: every resource is Terraform's own. It has what a real one has: an environment, a variable file,
# a secret, outputs that may be shown and one that may not.
terraform {
  required_version = ">= 1.4"
}

variable "environment" {
  type        = string
  description = "Name of the environment."
}

variable "instances" {
  type        = number
  description = "How many copies of the application run."
}

variable "database_password" {
  type        = string
  description = "Password of the database."
  sensitive   = true
}

resource "terraform_data" "network" {
  input = { environment = var.environment, cidr = "10.0.0.0/16" }
}

resource "terraform_data" "database" {
  input            = { password = var.database_password }
  triggers_replace = [terraform_data.network.id]
}

resource "terraform_data" "application" {
  count = var.instances
  input = "application-${var.environment}-${count.index}"
}

output "network" {
  value       = terraform_data.network.output
  description = "The network of the environment."
}

output "applications" {
  value       = terraform_data.application[*].output
  description = "Names of the copies."
}

output "database_password" {
  value       = var.database_password
  description = "For other configurations; never in a file."
  sensitive   = true
}

locals {
  zones = 2
}

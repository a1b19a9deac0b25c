"""An AWS to break: moto's server with its gaps filled, and a way back after every case."""

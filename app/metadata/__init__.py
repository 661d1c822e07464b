"""What machines are told: OpenAPI, data package, JSON-LD, problem details."""

"""Descriptions for machines: OpenAPI, data package, JSON-LD, problem details."""

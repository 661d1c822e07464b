"""Uploads by program: sent, checked, published, withdrawn."""

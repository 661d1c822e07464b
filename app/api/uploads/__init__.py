"""Uploads in the API: files sent, checked, published and withdrawn by programs."""

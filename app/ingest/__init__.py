"""The way of a file: kept, checked, reviewed, published, withdrawn; files in and out."""

"""What a maintainer should look at twice before a file is published, a module for each kind."""

"""What both doors share: dependencies, errors as answers, validators, static files."""

"""What pages and API share: dependencies, errors as answers, policies of routes, validators."""

"""Names of companies, developers and models: compared, found, told apart."""

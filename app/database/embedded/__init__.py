"""An embedded PostgreSQL, which serves where no DATABASE_URL names another."""

"""The database: one engine, one schema, and what all tables and transactions share."""

"""What processes share: the database, its schema and its transactions; the counters of limits, in Redis if there is one; and the
jobs that go over the tables every so often."""

"""What processes share: the database, its schema and its transactions; and the counters of limits, in Redis if there is one."""

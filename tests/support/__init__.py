"""The real parts that tests run on: a PostgreSQL of their own, a browser, and an office suite."""

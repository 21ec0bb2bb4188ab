"""A large register, made by the database itself, for benchmarks that need one."""

"""What an operation amounted to: the register's rows as arrays, given to core/effect; each figure as report.json holds it."""

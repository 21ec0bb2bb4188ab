"""Ways in: adapters that turn what others write into rows. They know nothing of people or the log."""

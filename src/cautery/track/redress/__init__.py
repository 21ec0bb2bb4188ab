"""What is said against a notice after it left, and what follows: the provider, the home state and the banks are told."""

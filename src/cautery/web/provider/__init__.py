"""The provider desk: a door of its own for providers' staff, with sessions apart from those of officers."""

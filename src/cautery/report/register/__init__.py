"""Reading a register of any size: words are searched in an index, lists are cut by key, counts are kept."""

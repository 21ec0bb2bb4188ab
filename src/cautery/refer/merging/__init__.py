"""Merging items that turned out to be one object. It stands here because the first stage that knows what was sent is this one."""

"""Text in pictures: read once, kept with what read it, searched, and never more than a help to read by."""

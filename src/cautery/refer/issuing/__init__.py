"""Notices made out before they leave: first information, the document with its fields, the copy to the home state."""

"""People at the desk: what they prove who they are with, where they are signed in, and how they come in the first time."""

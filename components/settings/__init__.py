"""The settings: what the stack files may say, and every problem of what they do say, all at once."""

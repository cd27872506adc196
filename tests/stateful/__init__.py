"""The dynamic providers driven step by step, in every order: by an engine of a few lines, against the stand-in."""

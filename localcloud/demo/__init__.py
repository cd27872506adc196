"""`make demo`: the real program on the stand-ins, step by step, each step checked by what is in the cloud."""

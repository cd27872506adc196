"""A process that has loaded the libraries and forks the embedded engine's children from itself.

Loading Pulumi's SDK takes half a second and a program needs it in several processes; a fork has it at once. It holds
libraries only: the project's own modules are imported by each child, from the files as they are then. Without it the
engine starts its children as ordinary processes, and everything works the same, only slower.
"""

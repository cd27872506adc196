"""A process that has loaded the libraries and forks the embedded engine's children from itself.

Loading Pulumi's SDK takes half a second and a program needs it in several processes; a fork has it at once. Our own
modules are loaded too, and left aside by a child whose files are not those any more. Without this process the engine
starts its children as ordinary ones, and everything works the same, only slower.
"""

"""The program: reads this stack's settings, declares its one environment, exports what builds and people read."""

import pulumi

from components.environment import Environment
from components.stack import read_stack

for name, value in Environment(read_stack()).outputs.items():
    pulumi.export(name, value)

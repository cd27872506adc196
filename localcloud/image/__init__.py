"""The build image: commands that a job of the Amplify stand-in finds first on its PATH.

A module `NAME` of this package (without an underscore in front) is the command `NAME`: it is run as
`python -P -m localcloud.image.NAME ARGUMENTS` by this project's interpreter, with the job's environment. Beside these
there are `node`, `npm` and `git` of the machine.
"""

from __future__ import annotations

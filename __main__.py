"""The program, with the settings of this folder."""

from components.program import main

main()

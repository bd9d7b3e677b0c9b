"""How long names and other short texts may be, in characters."""

NAME = 120
SHORT = 80

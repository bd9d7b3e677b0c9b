"""How passwords and PINs are hashed: Argon2id with the memory and passes OWASP names (19 MiB, 2, one lane), so that a
login costs a small server some tens of milliseconds."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

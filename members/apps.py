from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Anggota dan pintu"

    def ready(self) -> None:
        from members import tasks  # noqa: F401  (registers the door's jobs)

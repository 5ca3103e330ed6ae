"""What a person keeps of the desk: filters under names of their own."""

from typing import ClassVar
from urllib.parse import urlencode

from django.db import models

from portal.people.models import Person


class SavedFilter(models.Model):
    """One list of the desk as it was narrowed. It gives no right: the list asks each time what is theirs."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=40)
    tab = models.CharField(max_length=16)
    search = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "name"], name="saved_filter_name_once_per_person")
        ]

    @property
    def query(self) -> str:
        """The part of the desk's address behind the question mark."""
        return urlencode({"tab": self.tab, "q": self.search, "state": self.state})

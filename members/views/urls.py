"""Pages about people and the books, below `/k/{group_id}`."""

from django.urls import path

from members.views import book, journal, more, people, reversal

urlpatterns = [
    path("/anggota", people.Members.as_view(), name="members"),
    path("/buku", book.Book.as_view(), name="book"),
    path("/buku/catat", journal.Journal.as_view(), name="journal"),
    path("/buku/<uuid:entry_id>", book.EntryPage.as_view(), name="entry"),
    path("/buku/<uuid:entry_id>/koreksi", reversal.EntryReversal.as_view(), name="entry-reversal"),
    path("/lainnya", more.More.as_view(), name="more"),
]

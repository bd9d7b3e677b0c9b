"""Pages about people and the books, below `/k/{group_id}`."""

from django.urls import path

from members.views import book, more, people

urlpatterns = [
    path("/anggota", people.Members.as_view(), name="members"),
    path("/buku", book.Book.as_view(), name="book"),
    path("/buku/<uuid:entry_id>", book.EntryPage.as_view(), name="entry"),
    path("/lainnya", more.More.as_view(), name="more"),
]

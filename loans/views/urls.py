"""Pages about loans, below `/k/{group_id}`."""

from django.urls import path

from loans.views import overview

urlpatterns = [
    path("/pinjaman", overview.Loans.as_view(), name="loans"),
    path("/pinjaman/<uuid:loan_id>", overview.OneLoan.as_view(), name="loan"),
]

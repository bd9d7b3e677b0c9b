"""Pages about loans, below `/k/{group_id}`."""

from django.urls import path

from loans.views import disbursements, overview, requests, votes

urlpatterns = [
    path("/pinjaman", overview.Loans.as_view(), name="loans"),
    path("/pinjaman/baru", requests.LoanNew.as_view(), name="loan-new"),
    path("/pinjaman/<uuid:loan_id>", overview.OneLoan.as_view(), name="loan"),
    path("/pinjaman/<uuid:loan_id>/tarik", requests.LoanWithdraw.as_view(), name="loan-withdraw"),
    path("/pinjaman/<uuid:loan_id>/suara", votes.LoanVote.as_view(), name="loan-vote"),
    path("/pinjaman/<uuid:loan_id>/cairkan", disbursements.LoanDisburse.as_view(), name="loan-disburse"),
]

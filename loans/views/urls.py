"""Pages about loans, below `/k/{group_id}`."""

from django.urls import path

from loans.views import disbursements, overview, payments, portfolios, products, recasts, requests, votes

urlpatterns = [
    path("/pinjaman", overview.Loans.as_view(), name="loans"),
    path("/pinjaman/baru", requests.LoanNew.as_view(), name="loan-new"),
    path("/pinjaman/<uuid:loan_id>", overview.OneLoan.as_view(), name="loan"),
    path("/pinjaman/<uuid:loan_id>/tarik", requests.LoanWithdraw.as_view(), name="loan-withdraw"),
    path("/pinjaman/<uuid:loan_id>/suara", votes.LoanVote.as_view(), name="loan-vote"),
    path("/pinjaman/<uuid:loan_id>/cairkan", disbursements.LoanDisburse.as_view(), name="loan-disburse"),
    path("/pinjaman/<uuid:loan_id>/bayar", payments.Repay.as_view(), name="repay"),
    path("/pinjaman/<uuid:loan_id>/lunasi", payments.PayoffPage.as_view(), name="payoff"),
    path("/pinjaman/<uuid:loan_id>/biaya", payments.Charge.as_view(), name="charge"),
    path("/pinjaman/<uuid:loan_id>/hapus-denda", recasts.Waive.as_view(), name="waive"),
    path("/pinjaman/<uuid:loan_id>/jadwal-ulang", recasts.Reschedule.as_view(), name="reschedule"),
    path("/pinjaman/<uuid:loan_id>/hapus-buku", recasts.WriteOffPage.as_view(), name="write-off"),
    path("/pinjaman/<uuid:loan_id>/pulih", payments.RecoveryPage.as_view(), name="recovery"),
    path("/tunggakan", portfolios.Arrears.as_view(), name="arrears"),
    path("/mutu", portfolios.Portfolio.as_view(), name="portfolio"),
    path("/bahan", portfolios.Materials.as_view(), name="materials"),
    path("/produk-pinjaman", products.LoanProducts.as_view(), name="loan-products"),
    path("/produk-pinjaman/baru", products.LoanProductNew.as_view(), name="loan-product-new"),
]

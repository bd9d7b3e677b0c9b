"""Loans' endpoints, and the operator's portfolio over all groups."""

from typing import Any

from django.urls import include, path

from loans.api import collections, overview, products, recounts, repayments, requests

loan: list[Any] = [
    path("", requests.LoanDetail.as_view(), name="loan"),
    path("/approvals", requests.LoanApprovals.as_view(), name="loan-approvals"),
    path("/withdrawal", requests.LoanWithdrawal.as_view(), name="loan-withdrawal"),
    path("/disbursement", requests.LoanDisbursement.as_view(), name="loan-disbursement"),
    path("/schedule", requests.LoanSchedule.as_view(), name="loan-schedule"),
    path("/repayments", repayments.RepaymentList.as_view(), name="loan-repayments"),
    path("/charges", repayments.ChargeList.as_view(), name="loan-charges"),
    path("/charges/<uuid:charge_id>/waiver", repayments.ChargeWaiver.as_view(), name="loan-waiver"),
    path("/payoff", repayments.LoanPayoff.as_view(), name="loan-payoff"),
    path("/reschedules", repayments.LoanRescheduling.as_view(), name="loan-reschedules"),
    path("/write-off", repayments.LoanWriteOff.as_view(), name="loan-write-off"),
    path("/recoveries", repayments.RecoveryList.as_view(), name="loan-recoveries"),
]
group: list[Any] = [
    path("/loan-products", products.LoanProductList.as_view(), name="loan-products"),
    path("/loan-products/<uuid:loan_product_id>", products.LoanProductDetail.as_view(), name="loan-product"),
    path("/loan-quotes", products.QuoteList.as_view(), name="loan-quotes"),
    path("/loans", requests.LoanList.as_view(), name="loans"),
    path("/loans/<uuid:loan_id>", include(loan)),
    path("/recounts", recounts.RecountList.as_view(), name="recounts"),
    path("/recounts/preview", recounts.RecountPreview.as_view(), name="recount-preview"),
    path("/recounts/<uuid:job_id>", recounts.RecountDetail.as_view(), name="recount"),
    path("/materials", products.MaterialList.as_view(), name="materials"),
    path("/arrears", overview.ArrearsList.as_view(), name="arrears"),
    path("/portfolio", overview.PortfolioDetail.as_view(), name="portfolio"),
    path("/members/<uuid:member_id>/balance", overview.MemberBalance.as_view(), name="member-balance"),
    path("/members/<uuid:member_id>/expected", collections.MemberExpected.as_view(), name="member-expected"),
    path("/members/<uuid:member_id>/collections", collections.MemberCollections.as_view(), name="member-collections"),
    path("/members/<uuid:member_id>/leave", overview.MemberLeave.as_view(), name="member-leave"),
]

urlpatterns = [
    path("operator/portfolio", overview.OperatorPortfolio.as_view(), name="operator-portfolio"),
    path("groups/<uuid:group_id>", include(group)),
]

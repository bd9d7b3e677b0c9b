"""Savings' endpoints, below `groups/{group_id}`."""

from django.urls import path

from savings.api import movements, products

urlpatterns = [
    path("/savings/products", products.SavingsProductList.as_view(), name="savings-products"),
    path("/savings/products/<uuid:product_id>", products.SavingsProductDetail.as_view(), name="savings-product"),
    path("/savings/deposits", movements.DepositList.as_view(), name="savings-deposits"),
    path("/savings/withdrawals", movements.WithdrawalList.as_view(), name="savings-withdrawals"),
    path("/savings/movements", movements.MovementList.as_view(), name="savings-movements"),
    path("/savings/movements/<uuid:movement_id>", movements.MovementDetail.as_view(), name="savings-movement"),
    path("/savings/dues", movements.DueList.as_view(), name="savings-dues"),
    path("/members/<uuid:member_id>/passbook", movements.Passbook.as_view(), name="passbook"),
]

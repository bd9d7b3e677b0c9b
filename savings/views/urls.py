"""Pages about savings, below `/k/{group_id}`."""

from django.urls import path

from savings.views import dues, movements, passbook, products

urlpatterns = [
    path("/anggota/<uuid:member_id>/setor", movements.Deposit.as_view(), name="deposit"),
    path("/anggota/<uuid:member_id>/tarik", movements.Withdraw.as_view(), name="withdraw"),
    path("/anggota/<uuid:member_id>/buku", passbook.Passbook.as_view(), name="passbook"),
    path("/iuran", dues.Dues.as_view(), name="dues"),
    path("/simpanan", products.SavingsProducts.as_view(), name="savings-products"),
    path("/simpanan/baru", products.NewSavingsProduct.as_view(), name="savings-product-new"),
    path("/simpanan/<uuid:savings_product_id>", products.SavingsProduct.as_view(), name="savings-product"),
]

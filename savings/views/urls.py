"""Pages about savings, below `/k/{group_id}`."""

from django.urls import path

from savings.views import movements

urlpatterns = [
    path("/anggota/<uuid:member_id>/setor", movements.Deposit.as_view(), name="deposit"),
    path("/anggota/<uuid:member_id>/tarik", movements.Withdraw.as_view(), name="withdraw"),
]

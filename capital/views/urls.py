"""Pages about capital, below `/k/{group_id}`."""

from django.urls import path

from capital.views import facilities, lenders, money, overview

urlpatterns = [
    path("/modal", overview.Capital.as_view(), name="capital"),
    path("/modal/diterima", lenders.Grants.as_view(), name="grants"),
    path("/modal/terima", money.GrantNew.as_view(), name="grant-new"),
    path("/pendana", lenders.Lenders.as_view(), name="lenders"),
    path("/pendana/baru", lenders.LenderNew.as_view(), name="lender-new"),
    path("/pendana/<uuid:lender_id>/ubah", lenders.LenderChange.as_view(), name="lender-change"),
    path("/pendana/<uuid:lender_id>/perjanjian", lenders.FacilityNew.as_view(), name="facility-new"),
    path("/fasilitas/<uuid:facility_id>", facilities.OneFacility.as_view(), name="facility"),
    path("/fasilitas/<uuid:facility_id>/tarik", money.Draw.as_view(), name="facility-draw"),
    path("/fasilitas/<uuid:facility_id>/bayar", money.Pay.as_view(), name="facility-pay"),
    path("/fasilitas/<uuid:facility_id>/pinjaman", money.Fund.as_view(), name="facility-fund"),
    path(
        "/fasilitas/<uuid:facility_id>/pinjaman/<uuid:funding_id>/lepas",
        money.Release.as_view(),
        name="facility-release",
    ),
]

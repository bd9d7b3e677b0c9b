"""Capital's endpoints, below `groups/{group_id}`."""

from typing import Any

from django.urls import include, path

from capital.api import lenders, money, overview

facility: list[Any] = [
    path("", lenders.FacilityDetail.as_view(), name="facility"),
    path("/schedule", lenders.FacilitySchedule.as_view(), name="facility-schedule"),
    path("/account", lenders.FacilityAccount.as_view(), name="facility-account"),
    path("/drawdowns", money.DrawdownList.as_view(), name="facility-drawdowns"),
    path("/payments", money.PaymentList.as_view(), name="facility-payments"),
    path("/loans", money.FundingList.as_view(), name="facility-loans"),
    path("/loans/<uuid:funding_id>", money.FundingDetail.as_view(), name="facility-loan"),
]
urlpatterns = [
    path("/lenders", lenders.LenderList.as_view(), name="lenders"),
    path("/lenders/<uuid:lender_id>", lenders.LenderDetail.as_view(), name="lender"),
    path("/facilities", lenders.FacilityList.as_view(), name="facilities"),
    path("/facilities/<uuid:facility_id>", include(facility)),
    path("/grants", money.GrantList.as_view(), name="grants"),
    path("/capital", overview.Capital.as_view(), name="capital"),
]

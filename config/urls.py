from django.urls import include, path

from capital.views import urls as borrowing
from config import docs, views
from config.operators import operators
from loans.views import urls as lending
from members.views import urls as people
from reports.api.statements import StatementVerify
from reports.views import portal, verify
from reports.views import urls as crossing
from savings.views import urls as saving

# The pages of a group, each app's own; those that cross apps are the reports'.
pages = [
    *(*crossing.urlpatterns, *people.urlpatterns, *borrowing.urlpatterns),
    *(*lending.urlpatterns, *saving.urlpatterns),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("komponen", views.components, name="components"),
    path("bahasa", views.language, name="language"),
    path("pendana", portal.Portal.as_view(), name="portal"),
    path("", include("members.views.ways_urls")),
    path("k/<uuid:group_id>", include((pages, "p"))),
    path("v", verify.box, name="verify"),
    path("v/<str:code>", verify.by_code, name="verify-code"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/schema/", docs.Schema.as_view(), name="schema"),
    path("api/v1/docs/", docs.page, name="docs"),
    path("api/v1/statements/verify", StatementVerify.as_view(), name="statements-verify"),
    path("api/v1/", include("members.urls")),
    path("api/v1/groups/<uuid:group_id>", include("savings.urls")),
    path("api/v1/", include("loans.urls")),
    path("api/v1/groups/<uuid:group_id>", include("capital.urls")),
    path("api/v1/groups/<uuid:group_id>", include("reports.urls")),
    path("operator/", operators.urls),
]
handler400 = "config.api.bad_request"
handler403 = "config.api.permission_denied"
handler404 = "config.api.not_found"
handler500 = "config.api.server_error"

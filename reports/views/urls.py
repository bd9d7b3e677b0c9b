"""Pages that cross apps, below `/k/{group_id}`."""

from django.urls import path

from reports.views import asking, collection, documents, home, me, member, openness, papers, portal, receipt

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("/portal", portal.GroupPortal.as_view(), name="portal"),
    path("/saya", me.Me.as_view(), name="me"),
    path("/anggota/<uuid:member_id>", member.Member.as_view(), name="member"),
    path("/anggota/<uuid:member_id>/terima", collection.Collect.as_view(), name="collect"),
    path("/anggota/<uuid:member_id>/salah", asking.AskWrong.as_view(), name="ask-wrong"),
    path("/anggota/<uuid:member_id>/dilihat", openness.Seen.as_view(), name="seen"),
    path("/anggota/<uuid:member_id>/data", openness.MyData.as_view(), name="mydata"),
    path("/bukti/<uuid:command>", receipt.Receipt.as_view(), name="receipt"),
    path("/bukti/<uuid:command>/kwitansi", papers.Kwitansi.as_view(), name="receipt-paper"),
    path("/bukti/<uuid:command>/struk", papers.Struk.as_view(), name="strip-paper"),
    path("/pinjaman/<uuid:loan_id>/perjanjian", papers.Agreement.as_view(), name="agreement-paper"),
    path("/pinjaman/<uuid:loan_id>/kartu", papers.LoanCard.as_view(), name="loan-paper"),
    path("/dokumen", documents.Documents.as_view(), name="documents"),
    path("/dokumen/minta", documents.DocumentAsk.as_view(), name="document-ask"),
    path("/dokumen/saya", documents.MyDocument.as_view(), name="document-mine"),
    path("/dokumen/pendana", documents.LenderDocument.as_view(), name="document-lender"),
    path("/dokumen/<uuid:statement_id>", documents.Document.as_view(), name="document"),
    path("/dokumen/<uuid:statement_id>/pdf", documents.DocumentPdf.as_view(), name="document-pdf"),
    path("/dokumen/<uuid:statement_id>/versi", documents.DocumentReissue.as_view(), name="document-reissue"),
    path("/dokumen/<uuid:statement_id>/cabut", documents.DocumentRevoke.as_view(), name="document-revoke"),
]

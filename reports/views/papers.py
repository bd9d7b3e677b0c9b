"""The papers about one loan or one receipt, each asked for on its page by one button."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from ledger.context import in_book
from members.api.people import noted
from members.forms import Act, Choice, plain
from members.page import FormPage, Sitting, back_to
from reports import subjects, words
from reports.receipts import receipt
from reports.views.documents import LANGUAGES
from reports.views.receipt import entry_of


class PaperForm(Act):
    """In which language."""

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["language"] = Choice(LANGUAGES, chips=True, label=gettext_lazy("Bahasa"), initial="id")


class PaperAbout(FormPage):
    """A paper about one thing, as it stands today. A member's seat asks for her own alone."""

    act = "see_statements"
    template = "reports/document_about.html"
    tab = "loans"
    kind: ClassVar[str]
    of: ClassVar[str] = "loans"
    about: subjects.Subject

    def subject_id(self, at: Sitting, **path: UUID) -> UUID:
        """What it is about. Raises NotFound."""
        raise NotImplementedError

    def back(self, at: Sitting, **path: UUID) -> str:
        """The page it is asked for on."""
        raise NotImplementedError

    def form(self, at: Sitting, data: QueryDict | None = None, **path: UUID) -> PaperForm:
        self.about = subjects.asked_by(at.seat, self.kind, self.subject_id(at, **path), today=at.today)
        return PaperForm(data)

    def show(self, at: Sitting, **path: UUID) -> dict[str, Any]:
        assert self.about.member_id is not None  # each of these kinds names one member
        noted(at.here, self.about.member_id, self.of)
        return {"title": words.title(self.kind), "back": self.back(at, **path), "tab": self.tab}

    def send(self, at: Sitting, form: PaperForm, **path: UUID) -> HttpResponse:
        subject_id = in_book(at.group_id, at.user_id, lambda: self.subject_id(at, **path))
        about = {"kind": self.kind, "subject_id": subject_id, "to": at.today}
        done = at.do("statements", plain(about | form.cleaned_data))
        return back_to(at, "document", statement_id=UUID(done.data["id"]))


class LoanPaper(PaperAbout):
    """Of one loan."""

    def subject_id(self, at: Sitting, **path: UUID) -> UUID:
        return path["loan_id"]

    def back(self, at: Sitting, **path: UUID) -> str:
        return reverse("p:loan", kwargs={"group_id": at.group_id, **path})


class ReceiptPaper(PaperAbout):
    """Of one receipt."""

    tab = "members"
    of = "savings"

    def subject_id(self, at: Sitting, **path: UUID) -> UUID:
        only_of = None if at.officer else at.seat.member_id
        return receipt(at.group, entry_of(at.group_id, path["command"]), only_of=only_of).entry_ids[0]

    def back(self, at: Sitting, **path: UUID) -> str:
        return reverse("p:receipt", kwargs={"group_id": at.group_id, **path})


class Agreement(LoanPaper):
    kind = "agreement"


class LoanCard(LoanPaper):
    kind = "loan"


class Kwitansi(ReceiptPaper):
    kind = "receipt"


class Struk(ReceiptPaper):
    kind = "strip"

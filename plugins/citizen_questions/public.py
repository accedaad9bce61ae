"""Public pages of citizens' questions: what was answered, asking, and following one's own question; nobody signs in."""

from typing import Any

import falcon

from core.api import (
    N_,
    Actor,
    Crumb,
    Forbidden,
    FormView,
    Invalid,
    NotFound,
    Option,
    Request,
    _,
    acting,
    format_date,
    format_datetime,
    load,
    ngettext,
    paragraphs,
    read_cursor,
    redirect,
    url_for,
)
from plugins.casework.api import Case, agency_day, files_owner, public_frame, send_public, steps, turning
from plugins.citizen_questions import guarding, queries, services
from plugins.citizen_questions.kinds import RATINGS, REASONS, TOPICS
from plugins.citizen_questions.models import Question
from plugins.citizen_questions.queries import PublicAnswer, Wanted
from plugins.citizen_questions.schemas import AskInput, FollowInput, RateInput
from plugins.citizen_questions.views import (
    AskedView,
    AskView,
    FollowView,
    PublicAnswerView,
    PublicLine,
    PublicListView,
)
from plugins.files.api import files_of, sent_files, size_text

ASKER = Actor(None, N_("Người dân"), "system")
COUNTED_ONCE = "lt-cung-hoi"
YEAR = 365 * 24 * 3600
ALL_TRIES = "follow"
"""Under which wrong codes and secrets of an address are counted over all questions."""
SUMMARY = 220
STEPS = {
    "reject": N_("Không tiếp nhận câu hỏi, có ghi lý do."), "reopen": N_("Câu hỏi được mở lại để xem xét."),
    "given_back": N_("Câu hỏi không còn ở cơ quan đó; chúng tôi xem xét lại."), "take_up": N_("Câu hỏi được mở lại để trả lời thêm."),
}  # fmt: skip
TITLES = {
    "title": N_("Câu hỏi của bạn"), "content": N_("Nói rõ hơn"), "topic": N_("Về việc gì"), "name": N_("Họ và tên"),
    "phone": N_("Điện thoại"), "email": N_("Thư điện tử"), "address": N_("Địa chỉ"), "files": N_("Ảnh, giấy tờ kèm theo"),
    "agreed": N_("Bạn đồng ý với điều gì"), "website": N_("Để trống ô này"),
}  # fmt: skip


def topics() -> tuple[Option, ...]:
    """Return what questions are about, as a field offers it."""
    return tuple(Option(key, _(title)) for key, title in TOPICS.items())


class Answers:
    """The published answers of one agency, or with `of_all` of the province."""

    def __init__(self, *, of_all: bool = False) -> None:
        self.of_all = of_all

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tenant = req.public_tenant
        if not self.of_all and tenant is None:
            raise NotFound
        typed = (req.get_param("q") or "").replace("\x00", "").strip()[:100]
        topic = req.get_param("linh-vuc") or ""
        wanted = Wanted(
            None if self.of_all else tenant.id if tenant else None, typed, topic if topic in TOPICS else ""
        )
        found = queries.public_answers(wanted, read_cursor(req, *queries.KEY))
        own = url_for(req, "citizen_questions.public_all" if self.of_all else "citizen_questions.public")
        newer, older = turning(own, found, q=wanted.search, **{"linh-vuc": wanted.topic})
        view = PublicListView(
            frame=public_frame(req, _("Dân hỏi, cơ quan trả lời"), own),
            intro="" if self.of_all else queries.setting().intro,
            heading=_heading(wanted), rows=tuple(_line(req, each) for each in found.rows), own_url=own,
            ask_url=url_for(req, "citizen_questions.choose" if self.of_all else "citizen_questions.ask"),
            follow_url="" if self.of_all else url_for(req, "citizen_questions.follow"),
            search=wanted.search, topic=wanted.topic, topics=topics(),
            agencies=queries.asking_agencies() if self.of_all else (), newer_url=newer, older_url=older,
        )  # fmt: skip
        send_public(req, resp, "citizen_questions/public_list.html", view)


def _heading(wanted: Wanted) -> str:
    if not wanted.search and not wanted.topic:
        return _("Câu trả lời mới")
    number = queries.public_count(wanted)
    shown = f"{number}+" if number == queries.COUNTED else str(number)
    if wanted.search:
        return _("{n} câu trả lời về “{words}”", n=shown, words=wanted.search)
    return _("{n} câu trả lời: {topic}", n=shown, topic=_(TOPICS[wanted.topic]))


def _line(req: Request, row: PublicAnswer) -> PublicLine:
    cut = row.answer if len(row.answer) <= SUMMARY else f"{row.answer[:SUMMARY].rsplit(' ', 1)[0]}…"
    url = url_for(req, "citizen_questions.public_answer", tenant=row.tenant, code=row.code)
    return PublicLine(row, url, _(TOPICS.get(row.topic, row.topic)), cut, _told(row))


def _told(row: PublicAnswer) -> str:
    """Say who answered, when, how quickly, and how many wanted to know."""
    day = format_date(row.answered_on, year=True)
    if row.days:
        said = ngettext("{agency} trả lời {date}, sau {n} ngày.", "{agency} trả lời {date}, sau {n} ngày.", row.days, agency=row.answered_by, date=day)  # fmt: skip
    else:
        said = _("{agency} trả lời {date}, ngay trong ngày.", agency=row.answered_by, date=day)
    also = ngettext("{n} người cũng hỏi.", "{n} người cũng hỏi.", row.too) if row.too else ""
    liked = _("Người hỏi: {rating}.", rating=_(RATINGS[str(row.rating)]).lower()) if row.rating else ""
    return " ".join(filter(None, (said, also, liked)))


class OneAnswer:
    """One published answer, and "me too"."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        found = self._found(req, code)
        own = url_for(req, "citizen_questions.public_answer", code=found.code)
        view = PublicAnswerView(
            frame=public_frame(req, found.title, own, _back(req)), answer=found, topic=_(TOPICS.get(found.topic, found.topic)),
            question=paragraphs(found.question), paragraphs=paragraphs(found.answer), told=_told(found),
            rating=_(RATINGS[str(found.rating)]) if found.rating else "",
            too=ngettext("{n} người cũng hỏi", "{n} người cũng hỏi", found.too) if found.too else "",
            too_url=url_for(req, "citizen_questions.too", code=found.code), ask_url=url_for(req, "citizen_questions.ask"),
        )  # fmt: skip
        send_public(req, resp, "citizen_questions/public_answer.html", view)

    def on_post_too(self, req: Request, resp: falcon.Response, code: str) -> None:
        found = self._found(req, code)
        here = url_for(req, "citizen_questions.public_answer", code=found.code)
        if not req.cookies.get(COUNTED_ONCE) and guarding.admits(req, f"too.{found.code}", 3):
            services.count_too(found.id)
        # The cookie says that this browser was counted here, and nothing else; it is sent to this page alone.
        resp.set_cookie(COUNTED_ONCE, "1", path=here, max_age=YEAR, http_only=True, same_site="Lax")
        redirect(resp, f"{here}#cam-on")

    def _found(self, req: Request, code: str) -> PublicAnswer:
        if req.public_tenant is None:
            raise NotFound
        return queries.COPIES.one(req.public_tenant.id, code)


def _back(req: Request) -> Crumb:
    return Crumb(_("Dân hỏi, cơ quan trả lời"), url_for(req, "citizen_questions.public"))


class Choose:
    """Leads from the province's page to the form of the agency that was chosen."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        code = req.get_param("co-quan") or ""
        if code in dict(queries.asking_agencies()):
            redirect(resp, url_for(req, "citizen_questions.ask", tenant=code))
        else:
            redirect(resp, url_for(req, "citizen_questions.public_all") + "#hoi")


# ---- asking ---------------------------------------------------------------------------------------------------------


def consent(agency: str) -> str:
    """Return the words that whoever asks agrees to; they are kept with the question."""
    return _(
        "Tôi đồng ý để {agency} dùng họ tên, liên hệ và nội dung tôi ghi ở đây để xem xét, trả lời câu hỏi này, theo Luật Bảo vệ dữ liệu cá nhân. "
        "Thông tin được giữ 36 tháng sau lần trả lời cuối rồi xoá. Tôi xem, sửa, xoá hoặc rút lại đồng ý được bất cứ lúc nào bằng mã bí mật hoặc tại cơ quan.",
        agency=agency,
    )  # fmt: skip


class Asking:
    """The form of a question; it works without script, a little slower."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        typed = (req.get_param("q") or "")[:200]
        _show_form(req, resp, FormView({"mark": guarding.form_mark(), "title": typed, "topic": "other"}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        form = {name: value for name, value in req.form.items() if isinstance(value, str)}
        try:
            said = self._checked(req, form)
            with acting(ASKER):
                asked = services.ask(said, sent_files(req, "files"))
        except Invalid as problem:
            status = 429 if "later" in problem.errors else problem.status
            errors = {("" if name == "later" else name): texts for name, texts in problem.errors.items()}
            if guarding.read_mark(form.get("mark")) is None:
                form["mark"] = guarding.form_mark()
            _show_form(req, resp, FormView(form, errors), status=status)
            return
        case = asked.case
        own = url_for(req, "citizen_questions.ask")
        view = AskedView(
            frame=public_frame(req, _("Đã nhận câu hỏi"), own, _back(req)), code=case.code, secret=asked.secret, again=asked.again,
            until=format_date(agency_day(case.due_at), year=True) if case.due_at else "",
            follow_url=url_for(req, "citizen_questions.follow"), by_mail=bool(said["email"]),
        )  # fmt: skip
        send_public(req, resp, "citizen_questions/public_asked.html", view, shared=False)

    def _checked(self, req: Request, form: dict[str, Any]) -> dict[str, Any]:
        """Return what was asked, once it seems to come from a person. Raises Invalid."""
        mark = guarding.read_mark(form.get("mark"))
        if mark is None:
            raise Invalid({"": [_("Trang này mở đã lâu. Điều bạn gõ còn nguyên, chỉ cần bấm Gửi lần nữa.")]})
        said = load(AskInput(), form)
        if said["website"]:
            raise Invalid({"website": [_("Ô này để trống. Trình duyệt đã tự điền; xoá đi rồi gửi lại.")]})
        if not said["agreed"]:
            raise Invalid(
                {"agreed": [_("Cần bạn đồng ý thì chúng tôi mới được dùng thông tin này để trả lời.")]}
            )
        if not queries.is_asked(mark.id):
            _slow_down(req, guarding.is_worked(str(form["mark"]), form.get("work")), mark)
        assert req.public_tenant is not None
        return {**said, "id": mark.id, "consent": consent(req.public_tenant.name)}


def _slow_down(req: Request, worked: bool, mark: guarding.Mark) -> None:
    """Let through who did the work or waited, and only so many an hour. Raises Invalid."""
    left = guarding.waiting(mark)
    if not worked and left > 0:
        text = ngettext("Chờ thêm {n} giây rồi bấm Gửi lần nữa. Điều bạn gõ còn nguyên.", "Chờ thêm {n} giây rồi bấm Gửi lần nữa. Điều bạn gõ còn nguyên.", left)  # fmt: skip
        raise Invalid({"later": [text]})
    often = guarding.is_full("asked", guarding.OF_AGENCY) or not (
        guarding.admits(req, "worked", guarding.WITH_WORK)
        if worked
        else guarding.admits(req, "plain", guarding.WITHOUT_WORK)
    )
    if often:
        text = _(
            "Đang có quá nhiều câu hỏi gửi đến. Điều bạn gõ còn nguyên; gửi lại sau một giờ, hoặc đến trực tiếp cơ quan."
        )
        raise Invalid({"later": [text]})
    guarding.count("asked")


def _show_form(req: Request, resp: falcon.Response, form: FormView, *, status: int = 200) -> None:
    tenant = req.public_tenant
    if tenant is None:
        raise NotFound
    own = url_for(req, "citizen_questions.ask")
    view = AskView(
        frame=public_frame(req, _("Gửi câu hỏi"), own, _back(req)), form=form, titles={name: _(title) for name, title in TITLES.items()},
        errors=_errors(form), mark=form.text("mark"), work=guarding.WORK, topics=topics(), consent=consent(tenant.name), action=own,
        accept=services.ALLOWED.accept, most_files=services.MOST_FILES,
    )  # fmt: skip
    send_public(req, resp, "citizen_questions/public_ask.html", view, shared=False, status=status)


def _errors(form: FormView) -> tuple[tuple[str, str], ...]:
    """Return the errors with the field each is at, for the summary above the form."""
    return tuple((name, text) for name, texts in form.errors.items() for text in texts)


# ---- following ------------------------------------------------------------------------------------------------------


class Following:
    """What became of a question; code and secret come in the body, never in an address."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._send(req, resp, FormView({}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        self._answer(req, resp, lambda _said: "")

    def on_post_rate(self, req: Request, resp: falcon.Response) -> None:
        def act(form: dict[str, Any]) -> str:
            said = load(RateInput(), form)
            services.rate(said["code"], said["secret"], said["score"], said["note"])
            return _("Cảm ơn bạn. Đánh giá của bạn giúp chúng tôi trả lời tốt hơn.")

        self._answer(req, resp, act)

    def on_post_erase(self, req: Request, resp: falcon.Response) -> None:
        def act(form: dict[str, Any]) -> str:
            said = load(FollowInput(), form)
            services.erase_contact(said["code"], said["secret"])
            done = _("Đã xoá họ tên và liên hệ của bạn. Câu hỏi vẫn được trả lời; xem bằng mã này.")
            case, _found = _known(form)
            stays = _("Bản đăng công khai vẫn còn, đã che thông tin cá nhân; muốn gỡ thì liên hệ cơ quan.")
            return f"{done} {stays}" if case.state == "published" else done

        self._answer(req, resp, act)

    def _answer(self, req: Request, resp: falcon.Response, act: Any) -> None:
        """Do something for whoever knows code and secret, and show how the question stands then."""
        form = {name: value for name, value in req.form.items() if isinstance(value, str)}
        # Of each question by itself: an address is shared by a household, an office, a mobile network.
        tries, most = f"follow.{str(form.get('code', '')).strip().upper()[:40]}", guarding.WRONG_SECRETS
        if wrong := _stopped(req, tries):
            self._send(req, resp, FormView(form), wrong=wrong, status=429)
            return
        try:
            _known(form)
            with acting(ASKER):
                done = act(form)
            case, question = _known(form)
        except Invalid as problem:
            if found_too := queries.asked(str(form.get("code", "")), str(form.get("secret", ""))):
                self._send(req, resp, FormView(form, problem.errors), **_stands(req, *found_too), status=422)
            else:
                self._send(req, resp, FormView(form, problem.errors), status=422)
        except Forbidden:
            guarding.admits(req, tries, most)
            guarding.admits(req, ALL_TRIES, guarding.WRONG_OF_ADDRESS)
            wrong = _("Mã câu hỏi hoặc mã bí mật chưa đúng. Kiểm tra lại từng chữ; mã bí mật chỉ hiện một lần khi gửi. Sau {most} lần sai phải chờ một giờ.", most=most)  # fmt: skip
            self._send(req, resp, FormView(form), wrong=wrong, status=422)
        else:
            self._send(req, resp, FormView(form), done=done, **_stands(req, case, question))

    def _send(
        self, req: Request, resp: falcon.Response, form: FormView, *, status: int = 200, **more: Any
    ) -> None:
        own = url_for(req, "citizen_questions.follow")
        view = FollowView(
            frame=public_frame(req, _("Xem câu hỏi của tôi"), own, _back(req)), action=own, form=form, **more
        )
        send_public(req, resp, "citizen_questions/public_follow.html", view, shared=False, status=status)


def _stopped(req: Request, tries: str) -> str:
    """Say until when the visitor's address may not try this question, or any, once more; nothing if it may."""
    if until := guarding.stopped_until(req, tries, most := guarding.WRONG_SECRETS):
        return _(
            "Mã bí mật của câu hỏi này đã nhập sai {most} lần từ mạng bạn đang dùng. Thử lại từ {time}; câu hỏi khác vẫn xem được. Mất mã bí mật thì liên hệ cơ quan.", most=most, time=format_datetime(until, inside=True),
        )  # fmt: skip
    if until := guarding.stopped_until(req, ALL_TRIES, most := guarding.WRONG_OF_ADDRESS):
        return _(
            "Mã câu hỏi, mã bí mật đã nhập sai {most} lần từ mạng bạn đang dùng, có thể do người khác cùng mạng. Thử lại từ {time}, dùng mạng khác, hoặc liên hệ cơ quan.", most=most, time=format_datetime(until, inside=True),
        )  # fmt: skip
    return ""


def _known(form: dict[str, Any]) -> tuple[Case, Question]:
    """Return the question of whoever knows its secret. Raises Invalid, Forbidden."""
    said = load(FollowInput(), form)
    found = queries.asked(said["code"], said["secret"])
    if found is None:
        raise Forbidden
    return found


def _stands(req: Request, case: Case, found: Question) -> dict[str, Any]:
    """Return how a question stands, in words for who asked: no officer is named, nothing internal told."""
    answered = found.answered_at is not None
    public = case.state == "published"
    return {
        "code": case.code, "title": case.title, "question": paragraphs(case.text), "state": _state(case, found),
        # What officers attach is theirs: whoever asked has no account.
        "files": [(each.name, size_text(each.size)) for each in files_of(files_owner(case.id)) if each.uploaded_by is None],
        "steps": _steps(case, found), "answer": paragraphs(found.answer) if answered else (), "answered_by": found.transferred_to,
        "earlier": services.earlier(found),
        "public_url": url_for(req, "citizen_questions.public_answer", code=case.code) if public else "",
        "rate_url": url_for(req, "citizen_questions.rate") if answered else "",
        "rating": str(found.rating or ""), "rating_note": paragraphs(found.rating_note),
        "rated": _("Bạn đã đánh giá: {rating}.", rating=_(RATINGS[str(found.rating)]).lower()) if found.rating else "",
        "ratings": tuple(Option(key, _(title)) for key, title in RATINGS.items()),
        "erase_url": "" if found.erased_at else url_for(req, "citizen_questions.erase"),
    }  # fmt: skip


def _state(case: Case, found: Question) -> str:
    if found.answered_at:
        return _("Đã trả lời")
    if case.state == "rejected":
        said = f"{_(REASONS.get(found.reason, found.reason))}. {found.reason_note}".strip()
        return _("Không tiếp nhận: {reason}", reason=said)
    until = format_date(agency_day(case.due_at), year=True, weekday=True) if case.due_at else ""
    if case.state in ("new", "returned") or (case.state == "waiting" and not found.transferred_to):
        return _("Đang xem xét. Bạn nhận được trả lời trước hết ngày {until}.", until=until)
    if case.state == "waiting":
        return _(
            "Đang chờ {agency} trả lời, trước hết ngày {until}.", agency=found.transferred_to, until=until
        )
    if found.earlier:
        return _("Đang xem lại câu trả lời, trả lời thêm trước hết ngày {until}.", until=until)
    return _("Đang soạn trả lời, xong trước hết ngày {until}.", until=until)


def _steps(case: Case, found: Question) -> tuple[tuple[str, str], ...]:
    made = steps(case.id)
    told = (
        (found.asked_at, _("Chúng tôi nhận câu hỏi.")),
        *((each.sent_at, _("Chuyển {agency} vì thuộc thẩm quyền của họ.", agency=each.receiver)) for each in queries.passed_on(case.id)),
        *((each.at, _(STEPS[each.transition])) for each in made if each.transition in STEPS),
        *((each.at, _("Gửi câu trả lời.")) for each in made if each.from_state == "approved" and each.to_state in ("answered", "published")),
        (found.rated_at, _("Bạn đánh giá câu trả lời.")),
        (found.erased_at, _("Xoá họ tên, liên hệ của bạn.")),
    )  # fmt: skip
    in_order = sorted(each for each in told if each[0])
    return tuple((format_date(agency_day(at), year=True), words) for at, words in in_order)

"""Believable letters for a demonstration: invented, and without anybody's personal data."""

import re
from datetime import datetime, timedelta

from core.api import Actor, DemoMaker, RequestContext, TenantInfo, acting, new_id, person_context
from plugins.casework.api import SampleOffice, Story, agency_day
from plugins.letters import queries, services
from plugins.letters.models import Letter, Template
from plugins.notifications.api import people_with

KIND, ISSUE = "casework.official", "casework.issue_letters"
PLACE = re.compile(r"^(?:UBND|Uỷ ban nhân dân) (?:phường|xã|đặc khu|tỉnh|thành phố) (.+)$")
HEADS = {"ward": "Chủ tịch", "commune": "Chủ tịch", "special_zone": "Chủ tịch", "province": "Chủ tịch"}
BODY = (
    "Thực hiện kế hoạch công tác năm, {agency} đã rà soát các việc thuộc phạm vi quản lý và báo cáo như sau.",
    "Một là, các bộ phận đã đối chiếu danh mục với hồ sơ đang lưu; phần còn thiếu được bổ sung trong tháng.",
    "Hai là, các khó khăn về nguồn lực được tổng hợp thành bảng riêng, kèm đề xuất của từng bộ phận.",
    "{agency} kính đề nghị quý cơ quan xem xét, cho ý kiến để triển khai đúng tiến độ.",
)
LETTERS = (
    ("rà soát hộ kinh doanh trên địa bàn", "Sở Tài chính", True),
    ("góp ý dự thảo quy chế phối hợp giải quyết thủ tục hành chính", "Sở Nội vụ\nSở Tư pháp", True),
    ("báo cáo kết quả phòng, chống thiên tai", "UBND thành phố", True),
    ("cung cấp số liệu biên chế", "Sở Nội vụ", False),
    ("đề nghị hỗ trợ sửa chữa trụ sở", "Sở Xây dựng\nSở Tài chính", False),
)


def seed(tenant: TenantInfo, make: DemoMaker) -> None:
    """Give the agency in scope its template, letters that were issued and drafts, unless somebody began already."""
    holders = people_with(ISSUE)
    if not make.people or not holders or Template.select().exists() or Letter.select().exists():
        return
    writer = person_context(min(holders))
    if writer is None or writer.tenant is None:
        return
    office = SampleOffice(make)
    with acting(Actor(writer.person.id, writer.person.full_name)):
        _put_template(tenant, make, office.called)
    for number, (subject, addressees, is_issued) in enumerate(LETTERS):
        at = office.on(office.today - timedelta(days=150 - 30 * number), make.random)
        make.plan(_written(writer, at, subject, addressees, is_issued=is_issued))


def _put_template(tenant: TenantInfo, make: DemoMaker, called: str) -> None:
    parts = queries.blank_template(tenant, "")
    found = PLACE.match(tenant.name)
    parts.id, parts.valid_from = new_id(), agency_day().replace(year=agency_day().year - 2, month=1, day=1)
    parts.place = found[1] if found else "Huế"
    parts.head_title = parts.signer_title = HEADS.get(tenant.kind, "Giám đốc")
    if found:
        parts.collective, parts.signer_mode = "Uỷ ban nhân dân", "TM"
    parts.symbol = f"{called}-VP"
    parts.signer_name = next(iter(queries.holders_of(parts.head_title)), make.people[0].full_name)
    parts.recipients = "Như trên;\nLưu: VT, VP."
    Template.insert(**parts.__data__).execute()


def _written(ctx: RequestContext, at: datetime, subject: str, addressees: str, *, is_issued: bool) -> Story:
    yield at
    assert ctx.tenant is not None
    body = "\n".join(BODY).format(agency=ctx.tenant.name)
    with acting(Actor(ctx.person.id, ctx.person.full_name)):
        letter = services.draft_letter(ctx, KIND, subject=subject, addressees=addressees, body=body)
        if is_issued:
            services.issue_letter(ctx, letter.id, version=letter.version)

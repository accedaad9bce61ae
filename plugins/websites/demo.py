"""Believable news for a demonstration: invented, and without anybody's personal data."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from markupsafe import escape

from core.api import Actor, DemoMaker, RequestContext, TenantInfo, acting, fold, local, new_id, person_context
from plugins.files import api as files
from plugins.notifications.api import people_with
from plugins.websites import attaching, offer_services, publishing, queries, services, site_queries, telling
from plugins.websites.models import Article, Category, Link, Picture, Publication, Site
from plugins.websites.site_services import prepare
from plugins.websites.turns import PORTAL, PUBLISH


class Sample(NamedTuple):
    """An article that might stand on any agency's site."""

    title: str
    summary: str
    paragraphs: Sequence[str]
    state: str = "published"
    kind: str = "news"
    category: int = 0
    symbol: str = ""
    covers: Sequence[str] = ()
    """Which drawings suit it."""


SAMPLES = (
    Sample(
        "Ra quân dọn vệ sinh tuyến bờ sông, trồng thêm 200 cây xanh",
        "Sáng thứ Bảy, hơn 300 người dân và đoàn viên cùng dọn rác, trồng cây dọc tuyến đi bộ bờ sông.",
        (
            "Từ 6 giờ 30, các tổ dân phố chia thành năm nhóm, mỗi nhóm phụ trách một đoạn bờ kè dài khoảng 400 mét.",
            "Đến trưa, hơn ba tấn rác được gom và chuyển đi trong ngày. Cây giống do người dân và cửa hàng trên tuyến góp.",
            "Việc dọn vệ sinh được làm đều vào tuần đầu mỗi tháng; ai muốn tham gia báo với tổ trưởng tổ dân phố.",
        ),
        covers=("cau-qua-song", "ho-sen", "dam-pha", "cong-thanh"),
    ),
    Sample(
        "Bộ phận một cửa làm việc cả sáng thứ Bảy",
        "Từ đầu tháng, người dân nộp hồ sơ được thêm buổi sáng thứ Bảy, từ 7 giờ 30 đến 11 giờ 30.",
        (
            "Buổi thứ Bảy nhận hồ sơ hộ tịch, chứng thực, đất đai và trả kết quả đã hẹn.",
            "Người dân có thể lấy số trước tại nhà; hồ sơ nộp trực tuyến không phải đến lấy số.",
        ),
        category=2,
        covers=("mot-cua",),
    ),
    Sample(
        "Tập huấn dùng chữ ký số cho cán bộ, công chức",
        "Hai lớp tập huấn giúp mọi cán bộ ký số được văn bản ngay trên máy tính và điện thoại.",
        (
            "Mỗi lớp có phần thực hành với văn bản thật, kể cả cách xử lý khi thiết bị không nhận thẻ.",
            "Sau tập huấn, văn bản trình ký không còn bản giấy đi kèm, trừ loại pháp luật quy định.",
        ),
        category=3,
        covers=("tap-huan",),
    ),
    Sample(
        "Đối thoại với hộ kinh doanh về thuế và an toàn thực phẩm",
        "Nhiều câu hỏi về hoá đơn điện tử và giấy chứng nhận an toàn thực phẩm được trả lời ngay tại buổi đối thoại.",
        (
            "Hơn 80 hộ kinh doanh dự buổi đối thoại. Câu hỏi chưa trả lời được sẽ có trả lời bằng văn bản trong mười ngày.",
            "Tài liệu hướng dẫn được gửi tới từng hộ và đăng ở mục Văn bản.",
        ),
        category=1,
        covers=("hoi-truong", "cho"),
    ),
    Sample(
        "Phát động tháng đọc sách ở các trường",
        "Mỗi lớp có một góc sách; học sinh đổi sách cũ với nhau vào chiều thứ Sáu.",
        ("Thư viện mở cửa đến 18 giờ trong tháng này. Phụ huynh có thể tặng sách ngay tại trường.",),
        category=5,
        covers=("san-truong",),
    ),
    Sample(
        "Lấy ý kiến về phương án đặt tên đường mới",
        "Người dân góp ý đến hết tháng, trực tiếp tại trụ sở hoặc trên trang này.",
        (
            "Phương án gồm bảy tuyến đường mở mới trong ba năm qua. Tên đề xuất và lý do có trong tài liệu kèm theo.",
            "Ý kiến được tổng hợp và công khai trước khi trình cấp có thẩm quyền.",
        ),
        category=1,
        covers=("sua-duong", "canh-dong", "cong-thanh"),
    ),
    Sample(
        "Thông báo tạm ngừng cấp nước để sửa đường ống",
        "Ngừng cấp nước từ 22 giờ đến 4 giờ sáng hôm sau trên ba tuyến đường.",
        ("Người dân trữ nước trước 21 giờ. Việc sửa xong sớm thì cấp nước lại ngay.",),
        kind="notice",
    ),
    Sample(
        "Lịch tiếp công dân của lãnh đạo",
        "Lãnh đạo tiếp công dân vào ngày 10 và ngày 25 hằng tháng; trùng ngày nghỉ thì sang ngày làm việc kế tiếp.",
        ("Người dân đăng ký trước tại bộ phận tiếp công dân, mang theo giấy tờ tuỳ thân.",),
        kind="notice",
    ),
    Sample(
        "Quyết định ban hành quy chế làm việc",
        "Quy chế thay quy chế cũ, có hiệu lực từ ngày ký.",
        ("Toàn văn quyết định và quy chế kèm theo.",),
        kind="document",
        symbol="15/QĐ-UBND",
    ),
    Sample(
        "Kế hoạch phòng, chống thiên tai và tìm kiếm cứu nạn",
        "Phân công trực, phương án sơ tán và số điện thoại đường dây nóng.",
        ("Kế hoạch gồm ba phương án theo cấp độ rủi ro, cập nhật sau mỗi mùa mưa bão.",),
        kind="document",
        symbol="42/KH-UBND",
    ),
    Sample(
        "Kết quả kiểm tra phòng cháy ở khu dân cư",
        "Đoàn kiểm tra 64 nhà trọ và cơ sở kinh doanh, nhắc nhở 11 nơi.",
        ("Các nơi bị nhắc nhở đã cam kết khắc phục trong mười lăm ngày.",),
        state="approval",
        category=0,
    ),
    Sample(
        "Chuẩn bị lễ hội đầu xuân",
        "Ban tổ chức phân công phần việc, chọn địa điểm gửi xe.",
        ("Năm nay lễ hội gọn trong hai ngày.",),
        state="editing",
        category=5,
        covers=("co-hoi",),
    ),
    Sample(
        "Gương người tốt, việc tốt trong tổ dân phố",
        "Bác tổ trưởng mười năm giữ sạch con hẻm chung.",
        ("Bài còn thiếu ảnh và ý kiến của người dân trong hẻm.",),
        state="returned",
        category=5,
    ),
    Sample(
        "Ghi chép từ buổi họp giao ban báo chí",
        "",
        ("Ý chính cần viết lại thành bài.",),
        state="draft",
    ),
)
STREETS = ("Mai Vàng", "Hoa Sim", "Bến Nước", "Cây Đa", "Vườn Chè", "Ngọc Lan", "Bình Minh", "Hoà Hiệp")
"""Invented, so that nobody sends anything to where somebody lives."""
HOURS = 3
"""So many variants of a drawing there are; each is drawn once for all agencies."""
FRIDAY = 4
COMMITTEES = ("province", "ward", "commune", "special_zone")
OFFERED = 2
"""So many articles each agency offers to the province's front page."""
TWICE = "Tin cùng nội dung của cơ quan khác đã ở trang chủ."
LINKS = (
    ("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn"),
    ("Cổng thông tin điện tử Chính phủ", "https://chinhphu.vn"),
)


def seed(tenant: TenantInfo, make: DemoMaker) -> None:
    """Fill the site of the agency in scope, unless somebody has written for it already."""
    prepare(tenant)
    if Article.select().where(Article.author_id.is_null(False)).exists() or not make.people:
        return
    categories = list(Category.select().order_by(Category.position))
    writer = make.random.choice(make.able("websites.write"))
    with acting(Actor(writer.id, writer.full_name)):
        for number, each in enumerate(SAMPLES):
            cover = _picture(writer.id, make.random.choice(each.covers), make) if each.covers else None
            sample = each._replace(symbol=each.symbol.replace("UBND", _called(tenant)))
            _write(sample, writer.id, categories[sample.category].id, cover, number, make)
        for article_id in site_queries.standing().drafts:
            publishing.put_online(queries.locked(article_id), datetime.now(UTC), None)
        for position, (title, url) in enumerate(LINKS):
            Link.insert(id=new_id(), title=title, url=url, position=position).execute()
    site = site_queries.site()
    Site.update(
        is_open=True,
        tagline="Gần dân, sát việc, đúng hẹn",
        responsible=f"{make.full_name()}, người phát ngôn của cơ quan",
        address=site.address or _address(tenant, make),
        phone=site.phone or "0234 000 0000",
    ).where(Site.id == site.id).execute()
    _offer(make)
    if site_queries.is_portal_agency():
        _answer()


def _called(tenant: TenantInfo) -> str:
    """Return what the symbols of an agency's documents call it: UBND, SXD."""
    if tenant.kind in COMMITTEES:
        return "UBND"
    return "".join(word[0] for word in tenant.code.split("-") if word != "va").upper()


def _address(tenant: TenantInfo, make: DemoMaker) -> str:
    """Return an invented address: in the ward itself, or somewhere in the town."""
    street = f"Số {make.random.randrange(3, 180)} đường {make.random.choice(STREETS)}"
    _body, sign, ward = tenant.name.partition("phường ")
    town = tenant.parent_name.removeprefix("UBND ") if tenant.parent_name else ""
    return ", ".join(filter(None, (street, f"phường {ward}" if sign else "", town)))


def _offer(make: DemoMaker) -> None:
    """Let a publisher of the agency offer some of its news to the province's front page."""
    publisher = _holder(PUBLISH)
    if publisher is None:
        return
    news = Article.select(Article.id).where(Article.kind == "news", Article.state == "published")
    ids = [article_id for (article_id,) in news.order_by(Article.title).tuples()]
    with acting(Actor(publisher.person.id, publisher.person.full_name)):
        for article_id in make.random.sample(ids, min(OFFERED, len(ids))):
            offer_services.offer_article(publisher, article_id, at=datetime.now(UTC))


def _answer() -> None:
    """Let the portal's editor take one sample of each title, refuse one that comes twice and leave the others."""
    editor = _holder(PORTAL)
    if editor is None:
        return
    titles, refused, now = {sample.title for sample in SAMPLES}, False, datetime.now(UTC)
    taken = {offer.title for offer in site_queries.offers("accepted")}
    with acting(Actor(editor.person.id, editor.person.full_name)):
        for offer in site_queries.offers("offered"):
            if offer.title in titles - taken:
                offer_services.decide_offer(editor, item_id=offer.id, accept=True, at=now)
                taken.add(offer.title)
            elif offer.title in titles and not refused:
                offer_services.decide_offer(editor, item_id=offer.id, accept=False, reason=TWICE, at=now)
                refused = True


def _holder(permission: str) -> RequestContext | None:
    """Return the context of somebody who holds a permission in the agency in scope."""
    people = people_with(permission)
    return person_context(min(people)) if people else None


def _write(
    sample: Sample, author_id: UUID, category_id: UUID, cover: UUID | None, number: int, make: DemoMaker
) -> None:
    at = _at_work(2 * number, make.random.randint(0, 500))
    article = Article(
        id=new_id(),
        kind=sample.kind,
        author_id=author_id,
        category_id=category_id if sample.kind == "news" else None,
        title=sample.title,
        summary=sample.summary,
        body="".join(f"<p>{text}</p>" for text in sample.paragraphs),
        symbol=sample.symbol,
        issued_on=at.date() if sample.symbol else None,
        cover_id=cover,
        state="draft" if sample.state == "published" else sample.state,
        return_reason="Bổ sung ảnh và ý kiến người dân." if sample.state == "returned" else "",
    )
    if sample.symbol:
        name = f"{sample.symbol.replace('/', '-').replace('Đ', 'D')}.docx"
        file = files.store(_document(sample), name=name, owner=attaching.owner_of(article.id))
        article.file_ids = [file.id]
    services.put_article(article, author_id)
    if sample.state == "published":
        publishing.put_online(queries.locked(article.id), at, None)
        Publication.update(updated_at=at).where(Publication.id == article.id).execute()
    Article.update(created_at=at, changed_at=at).where(Article.id == article.id).execute()
    tell = {
        "editing": telling.tell_editors,
        "approval": telling.tell_publishers,
        "returned": telling.tell_author,
    }
    if sample.state in tell:
        tell[sample.state](article, None if sample.state == "returned" else author_id, at)


def _at_work(days_ago: int, minutes: int) -> datetime:
    """Return a time in working hours so many days ago, on the working day before where that is none."""
    now = local(datetime.now(UTC))
    at = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes, days=-days_ago)
    while at > now or at.weekday() > FRIDAY:
        at -= timedelta(days=1)
    return at


def _document(sample: Sample) -> io.BytesIO:
    """Write what an agency issued as a small Word document."""
    kind = "application/vnd.openxmlformats"
    lines = (f"Số: {sample.symbol}", sample.title.upper(), sample.summary, *sample.paragraphs)
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{kind}-package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{kind}-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{text}</w:body></w:document>",
    }
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    written.seek(0)
    return written


def _picture(person_id: UUID, drawing: str, make: DemoMaker) -> UUID:
    """Put a drawing into the library of the site."""
    from plugins.websites.demo_pictures import MOTIFS, drawn

    picture_id, alt = new_id(), MOTIFS[drawing].alt
    file = files.store(
        io.BytesIO(drawn(drawing, make.random.randint(1, HOURS))),
        name=f"{drawing}.jpg",
        owner=site_queries.picture_owner(picture_id),
        allowed=files.PICTURES,
    )
    Picture.insert(
        id=picture_id,
        file_id=file.id,
        alt=alt,
        caption="Ảnh minh hoạ",
        width=file.width,
        height=file.height,
        folded=fold(alt),
        created_by=person_id,
    ).execute()
    return picture_id

"""Short ways to write for a site and to look at what the public would see."""

import io
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from PIL import Image

from core.db import db
from core.web.uploads import Upload
from plugins.websites import picture_services, publishing, queries, services
from plugins.websites.models import Article, Publication
from tests.support.modules import Agency, Officer

ROLES = {
    "author": "websites.author",
    "editor": "websites.editor",
    "publisher": "websites.publisher",
    "administrator": "websites.administrator",
}

REVIEWED = (
    "<p class=MsoNormal>Giữ <s>gạch</s> và <strike>bỏ</strike><span class=msoDel><del cite='mailto:MH' datetime='2026-11-02T08:00'>"
    "<span lang=VI>chữ <del>đã</del> xóa</span></del></span> <span class=msoIns><ins cite='mailto:MH'>chữ thêm</ins></span>"
    "<a style='mso-comment-reference:MH_1'> chỗ này</a><span class=MsoCommentReference><![if !supportAnnotations]>"
    "<a class=msocomanchor id='_anchor_1' href='#_msocom_1' name='_msoanchor_1'>[MH1]</a><![endif]></span>"
    "<a style='mso-footnote-id:ftn1' href='#_ftn1' name='_ftnref1' title=''>[1]</a></p>"
    "<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1><![endif]>"
    "<div style='mso-element:comment'><div id='_com_1' class=msocomtxt><a name='_msocom_1'></a>"
    "<p class=MsoCommentText><a href='#_msoanchor_1' class=msocomoff>[MH1]</a>Xem lại câu này</p></div></div></div>"
    "<p class=MsoNormal>Cuối bài</p>"
)
"""What Word leaves on the clipboard of a text with comments, tracked changes and a footnote."""


class Newsroom:
    """The site of an agency and those who write for it."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self._people: dict[str, Officer] = {}

    def __getattr__(self, role: str) -> Officer:
        """Return the one officer with a role, hired when first asked for."""
        if role not in ROLES:
            raise AttributeError(role)
        if role not in self._people:
            self._people[role] = self.agency.officer(ROLES[role])
        return self._people[role]

    def another(self, role: str) -> Officer:
        return self.agency.officer(ROLES[role])

    def article(
        self,
        by: Officer | None = None,
        title: str = "Ra quân làm sạch bãi biển",
        *,
        state: str = "draft",
        **texts,
    ) -> UUID:
        """Write an article and bring it to a state by the way staff would."""
        texts = {"kind": "news", "summary": "Tóm tắt.", "body": "<p>Nội dung.</p>", **texts}
        with (by or self.author).working() as ctx:
            article_id = services.write_article(ctx, title=title, **texts).id
        self._bring(article_id, state)
        return article_id

    def _bring(self, article_id: UUID, state: str) -> None:
        version = self.stored(article_id).version
        with self.publisher.working() as ctx:
            if state == "editing":
                services.submit_article(ctx, article_id)
            elif state in ("approval", "returned", "published", "withdrawn", "scheduled"):
                services.forward_article(ctx, article_id)
                version += 1
            if state == "returned":
                services.return_article(ctx, article_id, reason="Thiếu ảnh.")
            elif state in ("published", "withdrawn"):
                publishing.publish_article(ctx, article_id, version=version)
            elif state == "scheduled":
                at = datetime.now(UTC) + timedelta(days=1)
                publishing.publish_article(ctx, article_id, version=version, publish_at=at)
            if state == "withdrawn":
                publishing.withdraw_article(ctx, article_id)
            elif state == "put_away":
                services.put_away_article(ctx, article_id)

    def change(self, by: Officer, article_id: UUID, **texts) -> Article:
        with by.working() as ctx:
            article = queries.article(article_id)
            kept = {name: getattr(article, name) for name in services.TEXTS}
            return services.change_article(
                ctx, article_id, version=article.version, category_id=article.category_id, **{**kept, **texts}
            )

    def stored(self, article_id: UUID) -> Article:
        with self.agency.at_work():
            return queries.article(article_id)

    def shown(self, article_id: UUID) -> Publication | None:
        """Return what the public sees of an article."""
        with self.agency.at_work():
            return queries.publication(article_id)

    def revisions(self, article_id: UUID) -> list[str]:
        """Return the titles of an article's revisions, oldest first."""
        with self.agency.at_work():
            return [row.title for row in reversed(queries.revisions(article_id))]

    def titles(self, by: Officer, **wanted) -> list[str]:
        with by.working() as ctx:
            return [row.title for row in queries.articles(ctx, queries.Filter(**wanted)).rows]

    def let_time_pass(self, **fields: str) -> None:
        """Move times of this agency's articles and publications back: `publish_at="2 days"`."""
        with self.agency.at_work():
            for column, interval in fields.items():
                for table in ("article", "publication"):
                    if (table, column) != ("publication", "publish_at"):
                        db.execute_sql(
                            f"UPDATE websites.{table} SET {column} = {column} - %s::interval WHERE tenant_id = core.app_tenant()",
                            (interval,),
                        )

    def run_job(self) -> None:
        """Run the job that publishes and takes offline, as the worker does: in scope, without a transaction."""
        from core.db import scope
        from core.events import SYSTEM, acting
        from plugins.websites import jobs

        with db.connection_context(), scope(self.agency.info.id), acting(SYSTEM):
            jobs.publish_due()

    def audit(self) -> list[str]:
        """Return the names of the facts about articles, oldest first."""
        with self.agency.at_work():
            rows = db.execute_sql(
                "SELECT event FROM core.audit_entry WHERE event ^@ 'websites.article' AND tenant_id = core.app_tenant() ORDER BY id"
            )
            return [name.removeprefix("websites.article_") for (name,) in rows.fetchall()]


def article_form(**fields) -> dict[str, str]:
    return {
        "id": str(uuid4()),
        "kind": "news",
        "title": "Khai giảng năm học mới",
        "summary": "Các trường trong phường khai giảng sáng nay.",
        "body": "<p>Sáng nay, các trường khai giảng.</p>",
        **fields,
    }


def picture_bytes(colour="navy", size=(64, 48)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def add_picture(newsroom, alt="Bến thuyền", content=None):
    content = content or picture_bytes()
    with newsroom.author.working() as ctx:
        return picture_services.add_picture(
            ctx, Upload("ben.png", len(content), io.BytesIO(content)), alt=alt
        ).id

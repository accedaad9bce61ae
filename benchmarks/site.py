"""Give an empty installation a site with many publications; runs as a program of that installation.

`make` prints `{tenant, code, slug, sql, values …}` as JSON: the agency and the statement of an article's page;
`search TENANT` prints the milliseconds of searches in the site and in the province.
"""

import json
import sys
import time
from itertools import combinations
from typing import Any
from uuid import UUID

from core.app import boot
from core.db import db, scope
from core.events import SYSTEM, acting
from core.settings import load_settings
from core.web.paging import START
from plugins.websites import public_queries
from plugins.websites.models import Category, Link, Site
from tenants import services

SLUG = "tin-1"
WORDS = (
    "cho",
    "ben ngu",
    "phan loai rac",
    "ao dai",
    "cay xanh",
    "thuan hoa",
    "le hoi",
    "giao thong",
    "truong hoc",
    "y te",
)


def make() -> None:
    """Make the agency, its site and its publications."""
    boot(load_settings())
    with db.connection_context(), acting(SYSTEM), db.atomic():
        agency = services.create_agency("phuong-thuan-hoa", name="UBND phường Thuận Hoá", kind="ward")
        with scope(agency.id):
            services.enable_module("websites")
            Site.update(is_open=True).where(Site.tenant_id == agency.id).execute()
            categories = [
                Category.create(title=title, slug=slug).id
                for title, slug in (("Đời sống", "doi-song"), ("Văn hoá", "van-hoa"), ("Kinh tế", "kinh-te"))
            ]
            Link.create(title="Cổng Dịch vụ công quốc gia", url="https://dichvucong.gov.vn")
            sql, values = _page_statement()
    print(
        json.dumps({
            "tenant": str(agency.id), "code": agency.code, "slug": SLUG, "categories": list(map(str, categories)),
            "sql": sql, "values": values, "words": WORDS,
        })
    )  # fmt: skip


def _page_statement() -> tuple[str, dict[str, Any]]:
    """Return the statement of an article's page as the product sends it."""
    seen: list[tuple[str, dict[str, Any]]] = []
    execute = db.obj.execute_sql

    def note(sql: str, params: Any = None, **options: Any) -> Any:
        if isinstance(params, dict):
            seen.append((sql, params))
        return execute(sql, params, **options)

    db.obj.execute_sql = note
    try:
        public_queries.article(SLUG, ("news", "notice", "document"), english=False)
    finally:
        del db.obj.execute_sql
    ((sql, params),) = seen
    return sql, {key: str(value) if isinstance(value, UUID) else value for key, value in params.items()}


def fill_sql(made: dict[str, Any], rows: int) -> tuple[str, ...]:
    """Return the statements that write the articles and their publications."""
    categories = "ARRAY[" + ",".join(f"'{each}'::uuid" for each in made["categories"]) + "]"
    words = "ARRAY[" + ",".join(f"'{each}'" for each in made["words"]) + "]"
    body = "<p>" + "Phường vận động bà con cùng làm, cùng giữ; tổ dân phố nhắc nhau mỗi tuần. " * 12 + "</p>"
    folded = "phuong van dong ba con cung lam cung giu to dan pho nhac nhau moi tuan"
    return (
        "SET session_replication_role = replica",
        f"""
        INSERT INTO websites.article (tenant_id, id, kind, slug, title, folded, state, revision)
        SELECT '{made["tenant"]}', gen_random_uuid(), 'news', 'tin-' || i,
            'Tin số ' || i || ' ' || ({words})[1 + i % 10], 'tin so ' || i, 'published', 1 FROM generate_series(1, {rows}) i
        """,
        f"""
        INSERT INTO websites.publication (tenant_id, id, kind, slug, title, summary, body, category_id, revision, folded, published_at)
        SELECT tenant_id, id, kind, slug, title, 'Tóm tắt của tin này, dài chừng hai dòng trên màn hình.', '{body}',
            ({categories})[1 + n % 3], 1,
            folded || ' ' || ({words})[1 + (n / 7) % 10] || ' ' || ({words})[1 + (n / 3) % 10] || ' {folded}',
            now() - n * interval '7 minutes'
        FROM (SELECT *, row_number() OVER (ORDER BY length(slug), slug)::int AS n FROM websites.article) a
        """,
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )  # fmt: skip


def search(tenant: str, times: int = 4) -> None:
    """Print how long searches take: single words, pairs and words that nobody wrote."""
    boot(load_settings())
    asked = [
        *WORDS,
        *(f"{one} {two}" for one, two in combinations(WORDS[:6], 2)),
        "khong ai viet",
        "tin so 4711",
    ]
    found: dict[str, list[float]] = {"site": [], "province": []}
    with db.connection_context():
        for _time in range(times):
            for words in asked:
                for kind, tenant_id in (("site", UUID(tenant)), ("province", None)):
                    begin = time.perf_counter()
                    with scope(UUID(tenant)), db.atomic():
                        public_queries.search(words, START, tenant_id=tenant_id)
                    found[kind].append((time.perf_counter() - begin) * 1000)
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make()
    else:
        search(sys.argv[2])

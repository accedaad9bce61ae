"""The books that casework itself keeps, and those that modules declare."""

from core.api import N_, NotFound, RequestContext, dispatcher
from plugins.casework.declarations import Book
from plugins.casework.registers import queries

OUTGOING = Book(
    "casework.outgoing",
    N_("Sổ văn bản đi"),
    format="{so}/{ky hieu}",
    columns=(
        ("signatory", N_("Người ký")),
        ("recipients", N_("Nơi nhận")),
        ("unit", N_("Nơi giữ bản lưu")),
        ("copies", N_("Số bản")),
        ("mode", N_("Hình thức gửi")),
        ("note", N_("Ghi chú")),
    ),
    by_hand=True,
)
INCOMING = Book(
    "casework.incoming",
    N_("Sổ văn bản đến"),
    columns=(
        ("author", N_("Nơi gửi")),
        ("symbol", N_("Số, ký hiệu")),
        ("dated", N_("Ngày văn bản")),
        ("unit", N_("Đơn vị hoặc người nhận")),
        ("passed", N_("Ngày chuyển")),
        ("receipt", N_("Ký nhận")),
        ("note", N_("Ghi chú")),
    ),
    by_hand=True,
)


def book_of(key: str) -> Book:
    """Return a declared book.

    Raises NotFound.
    """
    found = dispatcher().catalogue.of(Book).get(key)
    if found is None:
        raise NotFound
    return found[1]


def kept_book(key: str) -> Book:
    """Return a book in which something was entered, also when no installed module declares it any more."""
    found = dispatcher().catalogue.of(Book).get(key)
    return found[1] if found else Book(key, key)


def books_here(ctx: RequestContext) -> list[Book]:
    """Return the books of the modules in effect in the agency of a request, then others that it has kept."""
    books = dispatcher().catalogue.of(Book).values()
    here = [book for manifest, book in books if manifest.key in ctx.modules]
    known = {book.key for book in here}
    return [*here, *(kept_book(key) for key in queries.kept_books() if key not in known)]


def book_here(ctx: RequestContext, key: str) -> Book:
    """Return a book of the agency of a request; it stays readable when its module is switched off.

    Raises NotFound.
    """
    for book in books_here(ctx):
        if book.key == key:
            return book
    raise NotFound

"""What is left of a third-party style sheet when the pages are known."""

import pytest

from scripts._lib.styles import used_alone


@pytest.fixture
def sources(tmp_path):
    """A template and a script."""
    page, script = tmp_path / "page.html", tmp_path / "page.js"
    page.write_text(
        '<a class="btn btn-{{ kind }}" data-open>{{ c.button(kind="danger") }}</a><i class="w-{% if a %}half{% endif %}">'
    )
    script.write_text('row.classList.add("chosen")')
    return [page, script]


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".btn{a:b}.card{a:b}", ".btn{a:b}"),
        (".btn,.card,.chosen{a:b}", ".btn,.chosen{a:b}"),
        (".btn-danger{a:b}.btn-azure{a:b}.w-half{a:b}", ".btn-danger{a:b}.w-half{a:b}"),
        (".btn .card{a:b}", ""),
        (".btn:not(.card,.row):hover{a:b}", ".btn:not(.card,.row):hover{a:b}"),
        ("[data-open]{a:b}[data-shut=x]{a:b}", "[data-open]{a:b}"),
        ("a,:root{--x:1}@font-face{src:y}@keyframes z{to{a:b}}", "a,:root{--x:1}@font-face{src:y}@keyframes z{to{a:b}}"),
        ("@media print{.btn{a:b}.card{a:b}}@media screen{.card{a:b}}", "@media print{.btn{a:b}}"),
        ('@charset "UTF-8";/*! of https://its.maker */.btn{a:b}/* x */b{a:b}', "/*! of https://its.maker */.btn{a:b}b{a:b}"),
        (""".btn{--i:url("data:image/svg+xml,%3csvg viewBox='0 0 16 16'/%3e");c:d}""", ".btn{--i:none;c:d}"),
        (".btn{a:url(fonts/x.woff2)}", ".btn{a:url(fonts/x.woff2)}"),
    ],
)  # fmt: skip
def test_only_what_no_page_names_is_left_out(sheet, left, sources):
    assert used_alone(sheet, sources) == left

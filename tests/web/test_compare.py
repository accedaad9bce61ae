"""Two versions of a text, side by side."""

from core.web.compare import compare


def shown(line):
    """Return a line as kind, left and right, with what differs in brackets."""
    sides = ("".join(f"[{p.text}]" if p.differs else p.text for p in side) for side in (line.old, line.new))
    return (line.kind, *sides)


def test_equal_texts_have_no_differences():
    assert compare("một\nhai", "một\nhai") == ()


def test_a_changed_line_marks_the_words_that_differ():
    assert [shown(line) for line in compare("Họp lúc 8 giờ", "Họp lúc 9 giờ")] == [
        ("changed", "Họp lúc [8] giờ", "Họp lúc [9] giờ")
    ]


def test_added_and_removed_lines_stand_on_their_side_alone():
    assert [shown(line) for line in compare("a\nb", "a\nb\nc")][-1] == ("added", "", "[c]")
    assert [shown(line) for line in compare("a\nb\nc", "a\nc")][1] == ("removed", "[b]", "")


def test_long_equal_stretches_are_folded_and_counted():
    lines = [f"dòng {n}" for n in range(20)]
    found = compare("\n".join(lines), "\n".join([*lines[:10], "mới", *lines[11:]]))
    assert [line.kind for line in found] == ["folded", "same", "same", "changed", "same", "same", "folded"]
    assert (found[0].folded, found[-1].folded) == (8, 7)


def test_nothing_of_either_text_is_lost():
    old, new = "một hai ba\n\nbốn", "một ba\nbốn năm\nsáu"
    found = compare(old, new)
    for side, text in (("old", old), ("new", new)):
        said = ["".join(p.text for p in getattr(line, side)) for line in found if getattr(line, side)]
        assert "".join(said) == text.replace("\n", "")


def test_very_long_lines_are_compared_whole():
    (line,) = compare("a " * 2000, "b " * 2000)
    assert len(line.old) == len(line.new) == 1

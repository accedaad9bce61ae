"""Two versions of a text, side by side."""

import time

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


def repeating(size, by="\n"):
    """Return two texts of that many lines, or words, that repeat themselves and differ everywhere."""
    old = [f"mục {n % 3}" for n in range(size)]
    new = [f"mục {n % 2}" if n % 5 else "khác" for n in range(size)]
    return by.join(["đầu", *old, "cuối"]), by.join(["Đầu", *new, "Cuối"])


def seconds(*texts):
    """Return how long the quickest of three comparisons takes."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        compare(*texts)
        taken.append(time.thread_time() - start)
    return min(taken)


def test_twice_the_repeating_lines_take_about_twice_the_time():
    assert seconds(*repeating(1200)) < 4 * seconds(*repeating(600))


def test_many_long_lines_of_repeating_words_share_one_effort():
    old, new = repeating(100, by=" ")
    once, often = ("\n".join(f"{n} {text}" for n in range(40)) for text in (old, new))
    twice, oftener = ("\n".join(f"{n} {text}" for n in range(80)) for text in (old, new))
    assert seconds(twice, oftener) < 4 * seconds(once, often)


def test_a_changed_line_of_a_long_repeating_text_is_found():
    lines = ["Kính gửi", *["", "đã nhận"] * 1000, "Nơi nhận"]
    changed = [*lines]
    changed[1001:1002] = ["vừa nhận thêm"]
    found = compare("\n".join(lines), "\n".join([*changed, "Lưu: VT"]))
    assert [line.kind for line in found if line.kind in ("changed", "added", "removed")] == [
        "changed",
        "added",
    ]


def test_lines_that_stand_once_hold_a_long_text_together():
    old = [line for n in range(300) for line in (f"Điều {n}", "", "đã bỏ", "")]
    new = [line for n in range(300) for line in (f"Điều {n}", "", "")]
    found = compare("\n".join(["Cũ", *old, "cũ"]), "\n".join(["Mới", *new, "mới"]))
    removed = [shown(line)[1] for line in found if line.kind == "removed"]
    assert len(removed) == 300
    assert all(line.kind != "added" for line in found)

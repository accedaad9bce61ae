"""The days off of 2025 and 2026 as they were decided; later years are entered by the operator when they are."""

from core.api import new_id

LAW = "Điều 112 Bộ luật Lao động 2019"
TET_2025 = "Thông báo 6150/TB-BLĐTBXH năm 2024"
TET_2026 = "Thông báo 9441/TB-BNV năm 2025"
CULTURE = "Nghị quyết 28/2026/QH16"

NEW_YEAR, TET, KINGS = "Tết Dương lịch", "Tết Nguyên đán", "Giỗ Tổ Hùng Vương"
VICTORY, LABOUR, NATIONAL = "Ngày Chiến thắng", "Quốc tế Lao động", "Quốc khánh"

HOLIDAYS = (
    ("2025-01-01", NEW_YEAR, LAW),
    *((f"2025-01-{day}", TET, TET_2025) for day in (27, 28, 29, 30, 31)),
    ("2025-04-07", KINGS, LAW),
    ("2025-04-30", VICTORY, LAW),
    ("2025-05-01", LABOUR, LAW),
    ("2025-09-01", NATIONAL, TET_2025),
    ("2025-09-02", NATIONAL, LAW),
    ("2026-01-01", NEW_YEAR, LAW),
    *((f"2026-02-{day}", TET, TET_2026) for day in (16, 17, 18, 19, 20)),
    ("2026-04-27", f"{KINGS} (nghỉ bù Chủ nhật 26/4)", LAW),
    ("2026-04-30", VICTORY, LAW),
    ("2026-05-01", LABOUR, LAW),
    ("2026-09-01", NATIONAL, TET_2026),
    ("2026-09-02", NATIONAL, LAW),
    ("2026-11-24", "Ngày Văn hoá Việt Nam", CULTURE),
)
SWAPS = (
    ("2025-05-02", "2025-04-26", "Nghỉ liền dịp 30/4 và 1/5", TET_2025),
    ("2026-01-02", "2026-01-10", "Nghỉ liền dịp Tết Dương lịch", TET_2026),
    ("2026-08-31", "2026-08-22", "Nghỉ liền dịp Quốc khánh", TET_2026),
)
"""Day off, day worked for it, why."""


def up(migrator, db):
    rows = [(day, "holiday", name, ground, None) for day, name, ground in HOLIDAYS]
    for off, worked, name, ground in SWAPS:
        rows += [(off, "swap_off", name, ground, worked), (worked, "swap_work", name, ground, off)]
    for day, kind, name, ground, pair in rows:
        db.execute_sql(
            "INSERT INTO casework.national_day (id, day, kind, name, ground, pair, number) "
            "VALUES (%s, %s, %s, %s, %s, %s, nextval('casework.calendar_number'))",
            (str(new_id()), day, kind, name, ground, pair),
        )

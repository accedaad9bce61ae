"""Drawings for sample sites: invented places, drawn here, the same for the same numbers."""

import io
from collections.abc import Callable
from functools import cache
from math import pi, sin
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw

SIZE = (1280, 720)
SCALE = 2
"""Drawn twice as large and made smaller, so that edges are smooth."""
SKIES = (
    ((250, 222, 190), (158, 190, 214)), ((222, 236, 244), (120, 170, 206)), ((252, 236, 214), (214, 178, 160)),
    ((232, 240, 236), (146, 186, 190)), ((246, 228, 222), (150, 160, 200)),
)  # fmt: skip
STONE, ROOF, WOOD, INK, WHITE = (196, 172, 146), (150, 72, 52), (120, 84, 58), (44, 58, 82), (250, 248, 242)
LEAF, GRASS, RICE, WATER, ROAD = (
    (66, 118, 84),
    (122, 158, 96),
    (172, 180, 84),
    (110, 152, 172),
    (108, 114, 124),
)
RED, GOLD, BLUE, ROSE, SKIN, HAIR = (
    (186, 54, 44),
    (232, 190, 92),
    (62, 98, 158),
    (222, 138, 160),
    (214, 170, 136),
    (58, 48, 44),
)
Colour = tuple[int, ...]


class Pen:
    """Draws in the measures of the finished picture."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), WHITE)
        self.draw = ImageDraw.Draw(self.image)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, round_: float = 0
    ) -> None:
        """Draw a rectangle, with rounded corners if asked."""
        sides = [each * SCALE for each in (left, top, right, bottom)]
        self.draw.rounded_rectangle(sides, round_ * SCALE, fill=fill)

    def disc(self, x: float, y: float, wide: float, high: float, fill: Colour) -> None:
        """Draw an ellipse around a point."""
        self.draw.ellipse([each * SCALE for each in (x - wide, y - high, x + wide, y + high)], fill=fill)

    def shape(self, *points: tuple[float, float], fill: Colour) -> None:
        """Draw a polygon."""
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, *points: tuple[float, float], fill: Colour, width: float = 4) -> None:
        """Draw a line through points."""
        self.draw.line(
            [(x * SCALE, y * SCALE) for x, y in points], fill=fill, width=int(width * SCALE), joint="curve"
        )

    def sky(self, down_to: int = 720) -> None:
        """Fill from the top with a sky of some hour, with hills far off."""
        low, high = self.random.choice(SKIES)
        for y in range(0, down_to, 2):
            part = y / down_to
            self.box(
                0, y, 1280, y + 2, tuple(int(a + (b - a) * part) for a, b in zip(high, low, strict=True))
            )
        self.disc(self.random.randint(160, 1120), self.random.randint(80, 180), 44, 44, (255, 240, 206))
        for layer in range(3):
            start, wave = self.random.uniform(0, 6), self.random.randint(26, 54)
            base = down_to - 150 + layer * 46
            ridge = [(x, base - wave * (1 + sin(start + x / (190 - layer * 30)))) for x in range(0, 1281, 16)]
            shade = 176 - layer * 26
            self.shape(
                (0, down_to), *ridge, (1280, down_to), fill=(shade - 30, shade, shade + 8 - layer * 14)
            )

    def tree(self, x: float, foot: float, high: float) -> None:
        """Draw a round tree."""
        self.box(x - high / 22, foot - high * 0.5, x + high / 22, foot, WOOD)
        for dx, dy in ((-0.2, 0.62), (0.2, 0.6), (0, 0.78)):
            tint = self.random.randint(-12, 14)
            self.disc(
                x + dx * high, foot - dy * high, high * 0.26, high * 0.24, tuple(c + tint for c in LEAF)
            )

    def person(self, x: float, foot: float, high: float, coat: Colour) -> None:
        """Draw somebody seen from afar."""
        self.box(x - high * 0.15, foot - high * 0.74, x + high * 0.15, foot - high * 0.3, coat, high * 0.1)
        self.box(x - high * 0.12, foot - high * 0.34, x + high * 0.12, foot, INK, high * 0.04)
        self.disc(x, foot - high * 0.87, high * 0.12, high * 0.12, HAIR)
        self.disc(x, foot - high * 0.83, high * 0.09, high * 0.09, SKIN)

    def flag(self, x: float, foot: float, high: float, cloth: Colour) -> None:
        """Draw a plain festive flag on its pole."""
        self.line((x, foot), (x, foot - high), fill=WOOD, width=5)
        sway = self.random.randint(-8, 8)
        self.shape((x, foot - high), (x + 84, foot - high + 12 + sway), (x + 80, foot - high + 66 + sway), (x, foot - high + 54), fill=cloth)  # fmt: skip

    def roof(self, left: float, right: float, top: float, eaves: float) -> None:
        """Draw a tiled roof whose corners turn up."""
        self.shape((left - 46, eaves - 16), (left + 60, top), (right - 60, top), (right + 46, eaves - 16), (right + 10, eaves), (left - 10, eaves), fill=ROOF)  # fmt: skip
        self.box(left + 56, top - 8, right - 56, top + 4, GOLD, 4)

    def windows(self, left: int, right: int, top: int, bottom: int, count: int) -> None:
        """Draw a row of windows."""
        step = (right - left) / count
        for n in range(count):
            self.box(left + n * step + step * 0.2, top, left + (n + 0.8) * step, bottom, (150, 186, 208), 3)


def _bridge(pen: Pen) -> None:
    pen.sky(440)
    pen.box(0, 430, 1280, 720, WATER)
    for n in range(6):
        left, right = n * 214 - 2, n * 214 + 212
        arch = [(left + (right - left) * t / 20, 392 - 120 * sin(pi * t / 20)) for t in range(21)]
        pen.line(*arch, fill=WHITE, width=9)
        for x, y in arch[2:-1:2]:
            pen.line((x, y), (x, 396), fill=WHITE, width=3)
        pen.box(right - 12, 396, right + 12, 470, STONE)
    pen.box(0, 390, 1280, 408, (226, 230, 232))
    for _wave in range(46):
        x, y = pen.random.randint(0, 1260), pen.random.randint(490, 710)
        pen.line((x, y), (x + pen.random.randint(30, 110), y), fill=(142, 180, 196), width=3)
    for n in range(5):
        pen.tree(40 + n * 60 + pen.random.randint(-8, 8), 720, 150)
    x = pen.random.randint(560, 980)
    pen.shape((x, 590), (x + 190, 590), (x + 150, 626), (x + 36, 626), fill=WOOD)
    pen.box(x + 50, 558, x + 140, 592, GOLD, 16)


def _gate(pen: Pen) -> None:
    pen.sky(520)
    pen.box(0, 500, 1280, 720, GRASS)
    pen.box(120, 360, 1160, 580, STONE)
    for x in range(120, 1160, 40):
        pen.box(x, 340, x + 22, 362, STONE)
    for x, high in ((400, 120), (640, 160), (880, 120)):
        pen.box(x - 46, 580 - high, x + 46, 580, INK, 40)
        pen.box(x - 46, 545, x + 46, 580, INK)
    pen.box(400, 262, 880, 342, RED)
    for x in range(420, 880, 62):
        pen.box(x, 262, x + 14, 342, GOLD)
    pen.roof(380, 900, 196, 268)
    pen.box(500, 150, 780, 200, RED)
    pen.roof(490, 790, 92, 156)
    pen.shape((560, 580), (720, 580), (900, 720), (380, 720), fill=(222, 208, 186))
    for x in (70, 210, 1070, 1210):
        pen.tree(x + pen.random.randint(-14, 14), 640, 190)


def _rice(pen: Pen) -> None:
    pen.sky(360)
    pen.box(0, 340, 1280, 720, RICE)
    for n in range(9):
        y = 344 + n * n * 4.6
        pen.line((0, y), (1280, y + pen.random.randint(-16, 16)), fill=(140, 152, 66), width=3 + n / 2)
    for n in range(-6, 8):
        pen.line((640 + n * 26, 340), (640 + n * 250, 720), fill=(148, 160, 70), width=4)
    pen.shape((606, 340), (634, 340), (560, 720), (400, 720), fill=(206, 186, 148))
    for _row in range(5):
        x, y = pen.random.randint(680, 1220), pen.random.randint(470, 650)
        pen.person(x, y, 96, pen.random.choice((BLUE, ROSE, WOOD)))
        pen.shape((x - 34, y - 78), (x, y - 104), (x + 34, y - 78), fill=GOLD)
    for x in (90, 180, 1180):
        pen.tree(x, 380, 110)


def _lotus(pen: Pen) -> None:
    pen.sky(300)
    pen.box(0, 280, 1280, 720, (98, 142, 138))
    for n in range(40):
        y = 310 + n * 10 + pen.random.randint(-6, 6)
        wide = 26 + n * 2.4
        tint = pen.random.randint(-16, 16)
        pen.disc(pen.random.randint(0, 1280), y, wide, wide * 0.34, tuple(c + tint for c in (84, 142, 98)))
    for n in range(9):
        x, y, big = (
            80 + n * 142 + pen.random.randint(-40, 40),
            pen.random.randint(380, 650),
            pen.random.uniform(0.7, 1.4),
        )
        pen.line((x, y), (x + 6, y + 90 * big), fill=LEAF, width=6)
        for turn in (-44, 44, -24, 24, 0):
            tip = (x + turn * big * 1.2, y - (78 - abs(turn) * 0.7) * big)
            side = 20 * big
            pen.shape((x, y + 10 * big), (tip[0] - side, (tip[1] + y) / 2), tip, (tip[0] + side, (tip[1] + y) / 2), fill=tuple(c + 22 - abs(turn) for c in ROSE))  # fmt: skip


def _meeting(pen: Pen) -> None:
    pen.box(0, 0, 1280, 720, (236, 228, 214))
    pen.box(0, 0, 1280, 380, (206, 190, 166))
    for x in (0, 1150):
        pen.box(x, 0, x + 130, 400, RED)
    pen.box(330, 90, 950, 320, BLUE, 8)
    for y, wide in ((150, 400), (200, 300), (250, 220)):
        pen.box(640 - wide / 2, y, 640 + wide / 2, y + 18, WHITE, 6)
    pen.box(420, 380, 860, 440, WOOD, 6)
    for x in (480, 640, 800):
        pen.person(x, 440, 120, INK)
    pen.box(420, 400, 860, 452, WOOD, 6)
    for row in range(4):
        y, high = 520 + row * 66, 84 + row * 18
        for n in range(9 - row):
            seat = 110 + n * (1060 / (8 - row)) + pen.random.randint(-10, 10)
            coat = pen.random.choice((WHITE, BLUE, (150, 164, 188), ROSE, LEAF, (206, 196, 180)))
            pen.disc(seat, y - high * 0.62, high * 0.17, high * 0.2, HAIR)
            pen.box(seat - high * 0.3, y - high * 0.44, seat + high * 0.3, y + 40, coat, high * 0.2)


def _computers(pen: Pen) -> None:
    pen.box(0, 0, 1280, 720, (226, 234, 240))
    pen.windows(60, 1220, 60, 260, 4)
    for row in range(2):
        top = 330 + row * 180
        pen.box(0, top + 112, 1280, top + 132, (176, 142, 108))
        for n in range(4):
            x = 100 + n * 310 + row * 30
            pen.person(x + 150, top + 150, 150, pen.random.choice((BLUE, LEAF, ROSE, (150, 164, 188))))
            pen.box(x, top, x + 132, top + 84, INK, 6)
            pen.box(x + 8, top + 8, x + 124, top + 74, (214, 232, 244), 3)
            for y in range(3):
                pen.box(
                    x + 18, top + 18 + y * 18, x + pen.random.randint(60, 112), top + 26 + y * 18, BLUE, 3
                )
            pen.box(x + 58, top + 84, x + 74, top + 112, INK)


def _roadworks(pen: Pen) -> None:
    pen.sky(400)
    pen.box(0, 390, 1280, 720, (186, 172, 150))
    pen.shape((560, 400), (680, 400), (1240, 720), (60, 720), fill=ROAD)
    for n in range(7):
        y = 410 + n * n * 7
        pen.shape((618, y), (626, y), (630 + n, y + 14 + n * 4), (612 - n, y + 14 + n * 4), fill=WHITE)
    pen.box(760, 470, 930, 540, GOLD, 10)
    pen.box(850, 410, 924, 474, (206, 226, 238), 6)
    for x in (800, 900):
        pen.disc(x, 548, 40, 40, INK)
        pen.disc(x, 548, 18, 18, STONE)
    for n in range(5):
        x = 130 + n * 70
        pen.shape((x - 20, 660), (x, 596), (x + 20, 660), fill=(226, 110, 50))
        pen.box(x - 13, 628, x + 13, 640, WHITE)
    for x in (330, 420, 1040):
        pen.person(x, 600, 130, (226, 120, 60))
        pen.disc(x, 484, 20, 12, GOLD)
    for x in (60, 1180, 1240):
        pen.tree(x, 430, 150)


def _school(pen: Pen) -> None:
    pen.sky(480)
    pen.box(0, 470, 1280, 720, (214, 190, 160))
    pen.box(180, 230, 1100, 500, (244, 224, 168))
    for top in (256, 384):
        pen.windows(200, 1080, top, top + 84, 9)
        pen.box(180, top + 98, 1100, top + 110, WHITE)
    pen.box(150, 206, 1130, 234, ROOF, 4)
    pen.flag(640, 560, 400, RED)
    for n in range(16):
        pen.person(120 + n * 70 + pen.random.randint(-14, 14), pen.random.randint(600, 690), 92, pen.random.choice((WHITE, WHITE, BLUE)))  # fmt: skip
    for x in (80, 1190):
        pen.tree(x, 560, 260)


def _market(pen: Pen) -> None:
    pen.sky(330)
    pen.box(0, 320, 1280, 720, (206, 192, 172))
    for n in range(5):
        left = n * 262 - 10
        cloth = (RED, BLUE, LEAF, GOLD, ROSE)[n]
        pen.box(left + 20, 300, left + 28, 560, WOOD)
        pen.box(left + 222, 300, left + 230, 560, WOOD)
        for part in range(6):
            x = left + part * 42
            pen.shape(
                (x + 14, 230), (x + 44, 230), (x + 42, 310), (x, 310), fill=cloth if part % 2 else WHITE
            )
        pen.box(left + 16, 470, left + 236, 560, (166, 126, 88), 6)
        for _fruit in range(26):
            pen.disc(left + pen.random.randint(34, 220), 468 - pen.random.randint(0, 26), 15, 15, pen.random.choice((GOLD, RED, LEAF, (226, 140, 60))))  # fmt: skip
        pen.person(left + 126, 480, 130, pen.random.choice((WOOD, BLUE, ROSE)))
        pen.box(left + 16, 480, left + 236, 560, (176, 136, 98), 6)
    for _buyer in range(9):
        pen.person(pen.random.randint(60, 1220), pen.random.randint(620, 700), 140, pen.random.choice((WHITE, BLUE, ROSE, LEAF)))  # fmt: skip


def _flags(pen: Pen) -> None:
    pen.sky(470)
    pen.box(0, 460, 1280, 720, GRASS)
    pen.shape((520, 470), (760, 470), (1160, 720), (120, 720), fill=(220, 206, 186))
    pen.box(420, 280, 860, 480, (240, 226, 198))
    pen.windows(440, 840, 320, 420, 7)
    pen.roof(410, 870, 222, 290)
    for n in range(7):
        for side in (-1, 1):
            far = 120 + n * 78
            pen.flag(640 + side * far, 480 + n * 34, 130 + n * 26, (RED, GOLD, BLUE)[n % 3])
    for _walker in range(7):
        pen.person(pen.random.randint(420, 860), pen.random.randint(580, 700), 90, pen.random.choice((WHITE, ROSE, BLUE)))  # fmt: skip


def _lagoon(pen: Pen) -> None:
    pen.sky(380)
    pen.box(0, 370, 1280, 720, (128, 168, 184))
    for n in range(12):
        x = 60 + n * 104
        pen.line((x, 380 + n % 3 * 14), (x + 10, 470 + n % 3 * 20), fill=WOOD, width=4)
    for _boat in range(5):
        x, y = pen.random.randint(60, 1050), pen.random.randint(460, 650)
        pen.shape((x, y), (x + 170, y), (x + 140, y + 30), (x + 30, y + 30), fill=WOOD)
        pen.person(x + 80, y + 10, 100, pen.random.choice((BLUE, RED, LEAF)))
        pen.shape((x + 46, y - 76), (x + 80, y - 100), (x + 114, y - 76), fill=GOLD)
    for _wave in range(40):
        x, y = pen.random.randint(0, 1260), pen.random.randint(420, 710)
        pen.line((x, y), (x + pen.random.randint(24, 90), y), fill=(158, 192, 204), width=3)


def _counter(pen: Pen) -> None:
    pen.box(0, 0, 1280, 720, (240, 236, 226))
    pen.box(0, 60, 1280, 150, BLUE)
    for n in range(4):
        x = 60 + n * 300
        pen.box(x + 60, 84, x + 200, 126, WHITE, 6)
        pen.person(x + 130, 470, 230, pen.random.choice((WHITE, (150, 164, 188))))
        pen.box(x + 180, 320, x + 256, 380, INK, 5)
    pen.box(0, 400, 1280, 520, (186, 146, 106))
    pen.box(0, 392, 1280, 412, (222, 200, 170))
    for n in range(4):
        pen.person(
            150 + n * 300 + pen.random.randint(-30, 50), 716, 300, pen.random.choice((ROSE, LEAF, WOOD, BLUE))
        )


class Motif(NamedTuple):
    """A drawing with the words that stand for it."""

    alt: str
    draw: Callable[[Pen], None]


MOTIFS = {
    "cau-qua-song": Motif("Cầu vòm trắng bắc qua sông, phía xa là đồi", _bridge),
    "cong-thanh": Motif("Cổng thành cổ hai tầng mái giữa bãi cỏ", _gate),
    "canh-dong": Motif("Người dân làm việc trên cánh đồng lúa chín", _rice),
    "ho-sen": Motif("Hồ sen đang mùa hoa", _lotus),
    "hoi-truong": Motif("Hội trường đông người trong một buổi họp", _meeting),
    "tap-huan": Motif("Lớp tập huấn, mỗi người ngồi trước một máy tính", _computers),
    "sua-duong": Motif("Công nhân và xe lu sửa mặt đường", _roadworks),
    "san-truong": Motif("Học sinh ở sân trường trước dãy lớp học", _school),
    "cho": Motif("Các sạp hàng ở chợ buổi sáng", _market),
    "co-hoi": Motif("Hai hàng cờ hội dẫn vào đình làng", _flags),
    "dam-pha": Motif("Thuyền của ngư dân trên đầm phá", _lagoon),
    "mot-cua": Motif("Người dân làm thủ tục tại các quầy một cửa", _counter),
}


@cache
def drawn(file: str, hour: int) -> bytes:
    """Return the drawing of that name as a JPEG of some 50 kB; another `hour`, another sky and other people."""
    pen = Pen(Random(f"{file} {hour}"))  # noqa: S311 - a drawing, no secret
    MOTIFS[file].draw(pen)
    written = io.BytesIO()
    pen.image.reduce(SCALE).save(written, "JPEG", quality=84)
    return written.getvalue()

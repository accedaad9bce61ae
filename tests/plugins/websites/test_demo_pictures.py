"""The drawings of sample sites: varied, small, the same each time."""

import io

from PIL import Image

from plugins.websites.demo import HOURS, SAMPLES
from plugins.websites.demo_pictures import MOTIFS, SIZE, drawn


def test_each_drawing_is_another_one_of_a_size_that_travels_and_comes_out_the_same_again():
    made = {(name, hour): drawn(name, hour) for name in MOTIFS for hour in (1, HOURS)}
    assert len(set(made.values())) == len(made)
    for (name, hour), content in made.items():
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.size) == ("JPEG", SIZE), name
        assert len(content) < 120_000, (name, hour)
    assert drawn.__wrapped__("ho-sen", 1) == made["ho-sen", 1]


def test_samples_name_drawings_that_exist_and_each_has_words_of_its_own():
    named = {name for sample in SAMPLES for name in sample.covers}
    assert named == set(MOTIFS)
    assert len({motif.alt for motif in MOTIFS.values()}) == len(MOTIFS)

"""What the judge of pages reads out of a report."""

from benchmarks.lighthouse import CATEGORIES, median, read


def report(slowness=1000, **scores):
    audits = {
        "meta-description": {"title": "No description", "score": 0, "scoreDisplayMode": "binary"},
        "contrast": {"title": "Contrast", "score": 1, "scoreDisplayMode": "binary"},
        "largest-contentful-paint": {"numericValue": slowness, "score": 1, "scoreDisplayMode": "numeric"},
        "network-requests": {
            "score": 1,
            "scoreDisplayMode": "informative",
            "details": {"items": [{"transferSize": 9_000}, {"transferSize": 500}]},
        },
        "hint": {"title": "A hint", "score": 0, "scoreDisplayMode": "informative"},
    }
    refs = [{"id": name, "weight": 1} for name in audits] + [{"id": "meta-description", "weight": 0}]
    return {
        "categories": {
            key: {"score": scores.get(key.replace("-", "_"), 1), "auditRefs": refs if key == "seo" else []}
            for key in CATEGORIES
        },
        "audits": audits,
    }


def test_the_four_scores_and_what_cost_points():
    verdict = read(report(seo=0.9))
    assert verdict.scores == {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 90}
    assert verdict.lost == ["seo: No description"]


def test_a_category_that_could_not_be_judged_has_no_points():
    assert read(report(performance=None)).scores["performance"] == 0


def test_the_figures_behind_the_score_are_read_too():
    figures = read(report(slowness=1234)).figures
    assert (figures["LCP ms"], figures["requests"], figures["kB"]) == (1234, 2, 9.5)


def test_of_several_looks_the_middle_counts():
    looks = [
        read(report(slowness=slowness, performance=score)) for slowness, score in ((3, 0.7), (1, 1), (2, 0.9))
    ]
    middle = median(looks)
    assert middle.scores["performance"] == 90
    assert middle.figures["LCP ms"] == 2
    assert middle.lost == ["seo: No description"]

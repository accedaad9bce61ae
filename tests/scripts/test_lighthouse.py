"""What the judge of pages reads out of a report."""

from benchmarks.lighthouse import CATEGORIES, read


def report(**scores):
    audits = {
        "meta-description": {"title": "No description", "score": 0, "scoreDisplayMode": "binary"},
        "contrast": {"title": "Contrast", "score": 1, "scoreDisplayMode": "binary"},
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
    scores, lost = read(report(seo=0.9))
    assert scores == {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 90}
    assert lost == ["seo: No description"]


def test_a_category_that_could_not_be_judged_has_no_points():
    assert read(report(performance=None))[0]["performance"] == 0

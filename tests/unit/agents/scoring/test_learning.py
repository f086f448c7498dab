"""Learning from labelled tables, on data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bench.generated import Generated, generated
from outrider.agents.scoring.learning import metrics
from outrider.agents.scoring.learning.artifact import Artifact, ScorerUnusable, read_artifact
from outrider.agents.scoring.learning.calibration import calibrate
from outrider.agents.scoring.learning.encoding import encode, learn_spec
from outrider.agents.scoring.learning.fitted import Boosted, Tree, boosted_of, linear_of
from outrider.agents.scoring.learning.leaks import is_named_late, suspicions
from outrider.agents.scoring.learning.table import Table
from outrider.agents.scoring.learning.training import Options, TooFewOutcomes, Trained, train
from outrider.agents.team import qualifying

ROWS = 5_000


@pytest.fixture(scope="module")
def known() -> Generated:
    return generated(ROWS, seed=11)


@pytest.fixture(scope="module")
def trained(known: Generated) -> Trained:
    return train(known.table)


def labels_of(table: Table) -> np.ndarray:
    return np.asarray(table.labels, dtype=float)


def test_it_finds_nearly_all_that_can_be_found(known: Generated, trained: Trained) -> None:
    fresh = generated(20_000, seed=12)
    probabilities = trained.artifact.probabilities(fresh.table.columns, fresh.table.size)
    attainable = metrics.auc(fresh.probabilities, labels_of(fresh.table))
    assert metrics.auc(probabilities, labels_of(fresh.table)) > attainable - 0.025
    assert trained.report.is_offered
    assert trained.report.chosen.log_loss < trained.report.baseline.log_loss
    assert trained.report.auc.low < trained.report.auc.value < trained.report.auc.high


def test_probabilities_mean_what_they_say(trained: Trained) -> None:
    fresh = generated(20_000, seed=13)
    probabilities = trained.artifact.probabilities(fresh.table.columns, fresh.table.size)
    bins = metrics.reliability(probabilities, labels_of(fresh.table))
    assert metrics.calibration_error(bins) < 0.02
    # The truth is known, too: on average they are near it, not only in bins.
    assert np.abs(probabilities - fresh.probabilities).mean() < 0.045


def test_a_leak_is_named_and_left_out(known: Generated, trained: Trained) -> None:
    (leak,) = [one for one in trained.report.leaks if one.is_left_out]
    assert leak.feature == "duration"
    assert "duration" in trained.report.left_out
    assert "duration" not in {feature.name for feature in trained.artifact.spec.features}
    kept = suspicions(known.table, keep=["duration"])
    assert [one.is_left_out for one in kept if one.feature == "duration"] == [False]


def test_leaks_are_found_by_what_they_tell_too(known: Generated) -> None:
    random = np.random.default_rng(3)
    did = labels_of(known.table)
    columns = dict(known.table.without(["duration"]).columns)
    columns["colour"] = [["red", "blue"][int(one)] if random.random() < 0.99 else "green" for one in did]
    columns["strong"] = [float(one) for one in did * 1.6 + random.normal(size=len(did))]
    found = {one.feature: one for one in suspicions(Table(columns, known.table.labels))}
    assert found["colour"].is_left_out
    assert "almost perfectly" in found["colour"].reason
    only_strong = {name: values for name, values in columns.items() if name != "colour"}
    (strong,) = suspicions(Table(only_strong, known.table.labels))
    assert (strong.feature, strong.is_left_out) == ("strong", True)
    assert suspicions(known.table.without(["duration"])) == []


@pytest.mark.parametrize("name", ["duration", "call_length", "ReplyTime", "deal.stage", "Opted-out", "outcome"])
def test_names_of_what_comes_after_the_contact(name: str) -> None:
    assert is_named_late(name)


@pytest.mark.parametrize("name", ["poutcome", "job", "employees", "pdays", "wonderland", "industry", "stages"])
def test_names_of_what_is_known_before(name: str) -> None:
    assert not is_named_late(name)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_labels_are_never_offered(seed: int) -> None:
    table = generated(2_000, seed=seed, leak=False).table
    order = np.random.default_rng(seed).permutation(table.size)
    dealt = Table(table.columns, [table.labels[i] for i in order], table.ids, table.dates)
    report = train(dealt, Options(seed=seed)).report
    assert not report.is_offered
    assert report.refusals
    assert abs(report.shuffled.mean - 0.5) < 0.03


def test_too_few_outcomes() -> None:
    table = generated(300, seed=5, leak=False).table
    report = train(table).report
    assert not report.is_offered
    assert any("200 more" in reason for reason in report.refusals)
    with pytest.raises(TooFewOutcomes):
        train(Table({"a": [1.0] * 40}, [True] * 5 + [False] * 35))


def test_the_same_seed_gives_the_same_scorer() -> None:
    table = generated(1_200, seed=6).table
    first, second = train(table, Options(seed=4)), train(table, Options(seed=4))
    assert first.model_dump_json() == second.model_dump_json()


def test_time_ordered_folds_know_only_what_came_before() -> None:
    """In the first half a feature tells the outcome, in the second half it tells the opposite: random folds would mix both."""
    random = np.random.default_rng(8)
    did = random.random(3_000) < 0.4
    first = np.arange(3_000) < 1_500
    sign = np.where(did == first, "a", "b")
    columns = {"sign": [str(one) if random.random() < 0.8 else "b" for one in sign]}
    by_time = train(Table(dict(columns), list(did), dates=[float(n) for n in range(3_000)])).report
    assert (by_time.folds, by_time.is_offered) == ("time", False)
    assert train(Table(dict(columns), list(did))).report.folds == "stratified"


def test_models_as_json_say_what_scikit_learn_says(known: Generated) -> None:
    table = known.table
    spec = learn_spec(table)
    matrix, labels = encode(spec, table.columns, table.size), labels_of(table)
    boosting = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=0).fit(matrix, labels)
    boosted = Boosted.model_validate_json(boosted_of(boosting, spec.width).model_dump_json())
    np.testing.assert_allclose(boosted.raw(matrix), boosting.decision_function(matrix), atol=1e-9)
    np.testing.assert_allclose(boosted.base + boosted.parts(matrix).sum(axis=1), boosted.raw(matrix), atol=1e-9)
    logistic = LogisticRegression(max_iter=500).fit(matrix, labels)
    linear = linear_of(logistic, matrix)
    np.testing.assert_allclose(linear.raw(matrix), logistic.decision_function(matrix), atol=1e-9)
    np.testing.assert_allclose(linear.base + linear.parts(matrix).sum(axis=1), linear.raw(matrix), atol=1e-9)


def test_a_tree_whose_ways_do_not_end_is_refused(trained: Trained) -> None:
    with pytest.raises(ValidationError):
        Tree(column=[0, -1], threshold=[0.0, 0.0], left=[0, 0], right=[1, 0], value=[0.0, 1.0])
    out_of_reach = Tree(column=[1, -1, -1], threshold=[0.0] * 3, left=[1, 0, 0], right=[2, 0, 0], value=[0.0] * 3)
    with pytest.raises(ValidationError):
        Boosted(width=1, start=0.0, trees=[out_of_reach])
    stored = trained.artifact.model_dump(mode="json")
    assert read_artifact(stored) == trained.artifact
    for broken in ({**stored, "model": {"kind": "pickle"}}, {**stored, "extra": 1}, None, "gASVAAA="):
        with pytest.raises(ScorerUnusable):
            read_artifact(broken)


Columns = st.lists(
    st.fixed_dictionaries(
        {
            "job": st.one_of(st.none(), st.sampled_from(["admin", "retired", "never seen"]), st.text(max_size=5)),
            "employees": st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)),
            "channel": st.one_of(st.none(), st.floats(-5, 5)),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(rows=Columns)
def test_whatever_a_lead_is_like_the_score_is_one_and_its_parts_add_up(trained: Trained, rows: list[dict[str, object]]) -> None:
    """Alone or among others a lead gets the same score; values that were never seen break nothing."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    together = trained.artifact.score(columns, len(rows))  # type: ignore[arg-type]
    for index, one in enumerate(together):
        alone = trained.artifact.score({name: [row] for name, row in rows[index].items()}, 1)[0]  # type: ignore[arg-type]
        assert alone == one
        assert 0 <= one.score <= 100
        assert 0 < one.probability < 1
        assert one.base + sum(part.points for part in one.parts) + one.rest == pytest.approx(one.score, abs=1.5)


def test_the_reason_is_the_one_that_was_built_in(trained: Trained) -> None:
    columns = {"job": ["student", "services"], "channel": ["fair", "fair"], "employees": [33.0, 33.0], "mail": ["private"] * 2}
    good, bad = trained.artifact.score(columns, 2)
    assert good.score > bad.score
    assert [part.points > 0 for part in good.parts if part.feature == "job"] == [True]
    assert [part.points < 0 for part in bad.parts if part.feature == "job"] == [True]


def test_few_rows_are_calibrated_by_a_line_and_many_by_a_curve() -> None:
    random = np.random.default_rng(2)
    raw = random.normal(size=5_000)
    labels = (random.random(5_000) < 1 / (1 + np.exp(-raw))).astype(float)
    assert calibrate(raw[:500], labels[:500]).method == "platt"
    assert calibrate(raw, labels).method == "isotonic"
    backwards = calibrate(-raw[:500], labels[:500])
    assert set(backwards.probabilities(raw[:5]).round(9)) == {round(float(labels[:500].mean()), 9)}


def test_the_tiers_are_those_of_conversations() -> None:
    assert tuple((floor, tier) for floor, tier in metrics.TIERS) == tuple((floor, tier.value) for floor, tier in qualifying.TIERS)


def test_an_average_lead_scores_fifty() -> None:
    scores = metrics.balanced_scores(np.asarray([0.02, 0.04, 0.5]), prevalence=0.02)
    assert scores[0] == pytest.approx(50)
    assert 66 < scores[1] < 68
    assert scores[2] > 97


def test_what_is_decided_with_the_contact_is_as_usual_before_it(known: Generated) -> None:
    table = known.table
    spec = learn_spec(table, planned=["weekday", "employees"])
    usual = {feature.name: feature.usual for feature in spec.features if feature.usual is not None}
    rows = encode(spec, {name: [None, usual.get(name)] for name in table.columns}, 2)
    owners = np.asarray(spec.owners)
    for index, feature in enumerate(spec.features):
        if feature.usual is not None:
            assert (rows[0, owners == index] == rows[1, owners == index]).all()
    assert set(usual) == {"weekday", "employees"}


def test_an_artifact_fits_its_features(trained: Trained) -> None:
    stored = trained.artifact.model_dump(mode="json")
    stored["spec"]["features"] = stored["spec"]["features"][1:]
    with pytest.raises(ValidationError):
        Artifact.model_validate(stored)

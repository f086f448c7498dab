"""A training's report as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from outrider.agents.scoring.learning.metrics import Metrics, ReliabilityBin
from outrider.agents.scoring.learning.training import Report

SIDE = 320
STYLE = """
:root { color-scheme: light dark; --ink: #1c1f26; --soft: #5b6270; --line: #d9dde5; --mark: #3355cc; --page: #fff; }
@media (prefers-color-scheme: dark) {
    :root { --ink: #e8eaf0; --soft: #a3aab8; --line: #343a46; --mark: #8aa4ff; --page: #14161b; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto; max-width: 60rem;
    padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; } th, td { padding: .25rem .9rem .25rem 0; text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line); }
p.verdict { border-left: 4px solid var(--mark); padding-left: .8rem; } svg text { fill: var(--soft); font-size: 11px; }
"""


def report_page(report: Report, file: str, label: str) -> str:
    """The page; everything that came from the file is escaped."""
    verdict = (
        "Worth using: it beats the average beyond chance."
        if report.is_offered
        else "Not worth using. " + " ".join(report.refusals)
    )
    gain, shuffled = report.gain, report.shuffled
    sections = [
        f"<h1>Scorer of {escape(label)}</h1><p>From {escape(file)}: {report.rows:,} rows, {report.positives:,} successes "
        f"({report.prevalence:.1%}). Seed {report.seed}.</p><p class='verdict'>{escape(verdict)}</p>",
        _leaks(report),
        "<h2>Figures on rows it had not seen</h2>",
        _figures(report),
        f"<p>Log loss lower than the average's by {gain.value:.4f} (95 %: {gain.low:.4f} to {gain.high:.4f}). "
        f"On shuffled labels AUC {shuffled.mean:.3f}, at most {shuffled.highest:.3f} in {shuffled.rounds} rounds; on the real "
        f"ones {shuffled.auc:.3f} (p = {shuffled.p_value:.3f}). Folds: {report.folds}. Calibration: {report.calibration}.</p>",
        "<h2>Reliability</h2>",
        _curve(report.reliability),
        _table(
            ("said", "came true", "95 %", "rows"),
            (
                (f"{b.predicted:.1%}", f"{b.observed:.1%}", f"{b.low:.1%} to {b.high:.1%}", f"{b.rows:,}")
                for b in report.reliability
            ),
        ),
        "<h2>Tiers</h2>",
        _table(
            ("tier", "rows", "successes", "rate", "times the average"),
            (
                (t.tier, f"{t.rows:,}", f"{t.positives:,}", _share(t.rate), "" if t.lift is None else f"{t.lift:.2f}")
                for t in report.tiers
            ),
        ),
        "<h2>Features</h2>",
        _table(
            ("feature", "share", "AUC alone"),
            ((one.feature, f"{one.share:.1%}", f"{one.alone:.3f}") for one in report.importance),
        ),
        "<h2>Left out</h2>" + _table(("feature", "why"), report.left_out.items()) if report.left_out else "",
    ]
    body = "\n".join(sections)
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Scorer of {escape(label)}</title>"
        f"<style>{STYLE}</style><body><main>{body}</main></body></html>\n"
    )


def _leaks(report: Report) -> str:
    if not report.leaks:
        return "<p>No feature looks as if it knew the outcome.</p>"
    rows = ((leak.feature, f"{leak.auc:.3f}", "left out" if leak.is_left_out else "stays", leak.reason) for leak in report.leaks)
    return "<h2>Features that may know the outcome</h2>" + _table(("feature", "AUC alone", "", "why"), rows)


def _figures(report: Report) -> str:
    def row(name: str, one: Metrics) -> tuple[str, ...]:
        return (name, f"{one.log_loss:.4f}", f"{one.brier:.4f}", f"{one.auc:.4f}", f"{one.calibration_error:.4f}")

    rows = [row("average", report.baseline)]
    rows += [row(one.kind + (" (chosen)" if one.kind == report.kind else ""), one.metrics) for one in report.candidates]
    return _table(("model", "log loss", "Brier", "AUC", "calibration error"), rows)


def _curve(bins: list[ReliabilityBin]) -> str:
    """What was said against what came true; on the diagonal both agree."""
    top = max([0.05, *(max(one.predicted, one.high) for one in bins)])

    def at(x: float, y: float) -> str:
        return f"{30 + x / top * SIDE:.1f},{10 + SIDE - y / top * SIDE:.1f}"

    (x1, y1), (x2, y2) = at(0, 0).split(","), at(top, top).split(",")
    bars, dots = [], []
    for one in bins:
        x, low = at(one.predicted, one.low).split(",")
        _, high = at(one.predicted, one.high).split(",")
        _, middle = at(one.predicted, one.observed).split(",")
        bars.append(f"<line x1='{x}' x2='{x}' y1='{low}' y2='{high}' stroke='var(--mark)' stroke-opacity='.4' stroke-width='3'/>")
        dots.append(f"<circle cx='{x}' cy='{middle}' r='4' fill='var(--mark)'/>")
    return (
        f"<svg role='img' aria-label='Reliability curve' width='{SIDE + 50}' height='{SIDE + 40}'>"
        f"<line x1='{x1}' y1='{y1}' x2='{x2}' y2='{y2}' stroke='var(--line)' stroke-dasharray='4'/>{''.join(bars + dots)}"
        f"<text x='30' y='{SIDE + 28}'>said: 0 to {top:.0%}</text></svg>"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = "".join(f"<th scope='col'>{escape(name)}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"

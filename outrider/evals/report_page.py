"""The results of a run of evals as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from outrider.evals.playing import Played, PlayedTurn
from outrider.evals.running import EvalResults

STYLE = """
:root { color-scheme: light dark; --ink: #1c1f26; --soft: #5b6270; --line: #d9dde5; --good: #0f6b3a; --bad: #a3201f; --page: #fff;
    --us: #eef2ff; --lead: #f3f4f6; }
@media (prefers-color-scheme: dark) {
    :root { --ink: #e8eaf0; --soft: #a3aab8; --line: #343a46; --good: #6fd39a; --bad: #ff9a94; --page: #14161b; --us: #20294a;
        --lead: #242831; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto; max-width: 62rem;
    padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; } th, td { padding: .25rem 1rem .25rem 0; text-align: right; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--soft); font-weight: 500; }
thead th, details { border-bottom: 1px solid var(--line); } summary { padding: .35rem 0; cursor: pointer; }
.good { color: var(--good); } .bad { color: var(--bad); } .soft { color: var(--soft); }
.text { padding: .35rem .7rem; border-radius: .6rem; margin: .25rem 0; width: fit-content; max-width: 44rem; }
.lead { background: var(--lead); } .us { background: var(--us); margin-left: auto; } ul.bad { margin: .25rem 0 .75rem; }
"""


def report_page(results: EvalResults) -> str:
    """The page; whatever leads and models wrote is escaped."""
    failed = [one for one in results.played if not one.passed]
    verdict = "Everything went as it should." if results.is_good else f"{len(failed)} of {len(results.played)} went wrong."
    if results.stopped:
        verdict += f" {results.planned - len(results.played)} were not played: {results.stopped}"
    body = [
        f"<h1>Evals of {escape(results.model)}</h1>",
        f"<p class='soft'>Outrider {escape(results.version)}, {results.began_at:%Y-%m-%d %H:%M} UTC</p>",
        f"<p class='{'good' if results.is_good else 'bad'}'><strong>{escape(verdict)}</strong></p>",
        _figures(results),
        *([f"<h2>What went wrong</h2>{_conversations(failed, is_open=True)}"] if failed else []),
        f"<h2>Every conversation</h2>{_conversations(results.played)}",
    ]
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>Evals of {escape(results.model)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 of none."""
    known = sorted(values)
    return known[min(len(known) - 1, int(share * len(known)))] if known else 0.0


def _figures(results: EvalResults) -> str:
    turns = [turn for one in results.played for turn in one.turns]
    by_agent: dict[str, list[PlayedTurn]] = {}
    for turn in turns:
        by_agent.setdefault(turn.agent or "none", []).append(turn)
    rows = "".join(_row(name, found) for name, found in [("all", turns), *sorted(by_agent.items())])
    return (
        f"<p>{results.passed} of {len(results.played)} conversations passed; {len(turns)} turns, {results.calls} model calls, "
        f"{results.seconds:.0f} s, {results.cost:.4f} US dollars.</p>"
        "<div class='wide'><table>"
        "<thead><tr><th scope='col'>agent</th><th scope='col'>turns</th><th scope='col'>wrong</th>"
        "<th scope='col'>seconds, half of them</th><th scope='col'>95 %</th><th scope='col'>without the model, 95 %</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _row(name: str, turns: list[PlayedTurn]) -> str:
    seconds = [turn.seconds for turn in turns]
    own = [turn.seconds - turn.model_seconds for turn in turns]
    cells = [
        escape(name), str(len(turns)), str(sum(bool(turn.problems) for turn in turns)), f"{percentile(seconds, 0.5):.2f}",
        f"{percentile(seconds, 0.95):.2f}", f"{percentile(own, 0.95):.2f}",
    ]  # fmt: skip
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _conversations(played: Iterable[Played], *, is_open: bool = False) -> str:
    return "".join(_conversation(one, is_open) for one in played)


def _conversation(one: Played, is_open: bool) -> str:
    mark = "<span class='good'>passed</span>" if one.passed else "<span class='bad'>failed</span>"
    repetition = f" #{one.repetition}" if one.repetition > 1 else ""
    end = f", {escape(one.outcome)}" if one.outcome else ""
    head = f"{escape(one.name)}{repetition} {mark} <span class='soft'>{len(one.turns)} turns, {one.seconds:.1f} s{end}</span>"
    return f"<details{' open' if is_open else ''}><summary>{head}</summary>{_problems(one.problems)}{_turns(one.turns)}</details>"


def _turns(turns: Iterable[PlayedTurn]) -> str:
    found = []
    for turn in turns:
        found += [f"<p class='text lead'>{escape(body)}</p>" for body in turn.heard]
        found += [f"<p class='text us'>{escape(body)}</p>" for body in turn.written]
        found.append(
            f"<p class='soft'>{escape(turn.agent or 'no agent')} · {escape(turn.rule or 'no rule')} · {turn.seconds:.2f} s</p>"
        )
        found.append(_problems(turn.problems))
    return "".join(found)


def _problems(problems: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in problems)
    return f"<ul class='bad'>{items}</ul>" if items else ""

"""All models as a picture: what each says against how well it fits. SVG with its words inside."""

from __future__ import annotations

from html import escape

import numpy as np

from suar_research.mse.hierarchy import AllModels
from suar_research.mse.tables import CaptureTable

WIDTH, HEIGHT, EDGE = 720, 440, 64
# Models whose BIC is further from the best than this are not drawn.
FARTHEST = 30.0
TICKS = 5


def all_models(compared: AllModels, table: CaptureTable) -> str:
    """Draw every model whose BIC is near the best: estimates across (logarithmic), fit upwards."""
    best = compared.by_bic()
    apart = compared.bic[best] - compared.bic[best[0]]
    best, apart = best[apart <= FARTHEST], apart[apart <= FARTHEST]
    totals = compared.total[best]
    low, high = np.log(totals.min() * 0.9), np.log(totals.max() * 1.1)
    across = EDGE + (np.log(totals) - low) / (high - low) * (WIDTH - 2 * EDGE)
    up = EDGE + apart / FARTHEST * (HEIGHT - 2 * EDGE)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{5 if not place else 3}"/>'
        for place, (x, y) in enumerate(zip(across, up, strict=True))
    )
    says = (
        f"{len(best):,} models of {table.seen:,} people on {table.places} lists: each dot is one "
        f"model, from {totals.min():,.0f} to {totals.max():,.0f} people. Higher fits better."
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(says)}</title>'
        f'<rect width="100%" height="100%" fill="#fbf8f1"/><g fill="#0f5c55" fill-opacity="0.6">'
        f"{dots}</g>{_ticks(low, high)}"
        f'<text x="{EDGE}" y="28">{escape(says)}</text></svg>\n'
    )


def _ticks(low: float, high: float) -> str:
    found = []
    for place in range(TICKS):
        share = place / (TICKS - 1)
        x = EDGE + share * (WIDTH - 2 * EDGE)
        people = float(np.exp(low + share * (high - low)))
        found.append(f'<text x="{x:.0f}" y="{HEIGHT - 24}" text-anchor="middle">{people:,.0f}</text>')
    return "".join(found)

"""What every picture of the page has to satisfy: nothing overlaps, all can be told from the background, nothing is missing."""

from typing import Any

LEAST_TEXT, LEAST_MARK = 4.5, 3.0  # contrast, as the Web Content Accessibility Guidelines 2.2 ask of text and of graphics
MOST_COVERED = 0.62  # share of the disc of firms that lines and firms may cover before it is a hairball (assumed)
ROWS = {"types": 5, "hubs": 3, "forms": 3, "kinds": 5, "ties": 1}  # of the legend

Box = dict[str, float]


def overlapping(labels: list[Box], hubs: list[Box]) -> list[str]:
    """Labels that overlap one another or a hub that is not theirs, and hubs that overlap one another."""
    found = [
        f"labels {one['text']!r} and {other['text']!r} overlap"
        for n, one in enumerate(labels)
        for other in labels[n + 1 :]
        if one["x0"] < other["x1"] and other["x0"] < one["x1"] and one["y0"] < other["y1"] and other["y0"] < one["y1"]
    ]
    for n, one in enumerate(hubs):
        for other in hubs[n + 1 :]:
            if (one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2 < (one["r"] + other["r"]) ** 2:
                found.append(f"hubs {one['hub']} and {other['hub']} overlap")
        for label in labels:
            across = max(label["x0"], min(one["x"], label["x1"])) - one["x"]
            down = max(label["y0"], min(one["y"], label["y1"])) - one["y"]
            if across**2 + down**2 < one["r"] ** 2:
                found.append(f"label {label['text']!r} lies on hub {one['hub']}")
    return found


def outside(labels: list[Box], width: float, height: float) -> list[str]:
    """Labels that are cut off."""
    return [
        f"label {box['text']!r} is cut off"
        for box in labels
        if box["x0"] < 0 or box["y0"] < 0 or box["x1"] > width or box["y1"] > height
    ]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0..1 (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faint(palette: dict[str, Any]) -> list[str]:
    """Colours of a palette that cannot be told well enough from what they stand on."""
    ground = palette["background"]
    texts = [(name, palette[name], ground) for name in ("text", "quiet")]
    texts += [(f"mark on {hub}", palette["mark"][hub], palette[hub]) for hub in ("vendor", "distributor", "marketplace")]
    marks = [(hub, palette[hub]) for hub in ("vendor", "distributor", "marketplace")]
    marks += [(f"{name} {n}", colour) for name in ("types", "kinds", "series") for n, colour in enumerate(palette[name])]
    marks.append(("formal alliances", "#" + "".join(f"{part:02x}" for part in palette["forms"]["3"])))
    return [f"{name}: {contrast(colour, below):.1f}" for name, colour, below in texts if contrast(colour, below) < LEAST_TEXT] + [
        f"{name}: {contrast(colour, ground):.1f}" for name, colour in marks if contrast(colour, ground) < LEAST_MARK
    ]


def problems(seen: dict[str, Any]) -> list[str]:
    """All that is wrong with a picture; ``seen`` is what ``SEEN`` gives in the page."""
    found = overlapping(seen["labels"], seen["hubs"]) + outside(seen["labels"], seen["width"], seen["height"])
    found += [f"too little contrast, {what}" for what in faint(seen["palette"])]
    rows = {group: seen["rows"].count(group) for group in ROWS}
    if rows != ROWS:
        found.append(f"the legend has {rows}, expected {ROWS}")
    if len(seen["labels"]) < seen["wedges"]:
        found.append(f"{seen['wedges']} wedges but {len(seen['labels'])} labels")
    if seen["covered"] > MOST_COVERED:
        found.append(f"{100 * seen['covered']:.0f} % of the disc is covered, a hairball")
    if not seen["loyalty"].startswith("Loyalty"):
        found.append("the headline says nothing of loyalty")
    found += [f"{what} is cut off or covered" for what in seen["hidden"]]
    return found


SEEN = """
const { page } = channelSim, picture = page.pictures[0], view = picture.current, { labels, hubs, firms, bubbles } = picture.drawn;
const { width, height, ratio, base } = picture, { palette, layout } = view, [cx, cy] = view.at(0, 0), reach = 1000 * view.scale;
const data = base.getContext('2d').getImageData(0, 0, base.width, base.height).data;
const ground = [1, 3, 5].map((n) => parseInt(palette.background.slice(n, n + 2), 16));
let all = 0, covered = 0;
for (let y = Math.max(0, Math.ceil(cy - reach)); y < Math.min(height, cy + reach); y++)
  for (let x = Math.max(0, Math.ceil(cx - reach)); x < Math.min(width, cx + reach); x++) {
    if ((x - cx) ** 2 + (y - cy) ** 2 > reach * reach) continue;
    const at = 4 * (Math.round(y * ratio) * base.width + Math.round(x * ratio));
    all++;
    if (ground.reduce((sum, part, n) => sum + Math.abs(data[at + n] - part), 0) > 60) covered++;
  }
const out = (id) => {
  const element = document.getElementById(id);
  if (innerWidth < 860) element.scrollIntoView({ block: 'start' }); // a narrow page is longer than the screen
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(20, box.width / 2), box.top + Math.min(8, box.height / 2));
  const cut = getComputedStyle(element).overflow === 'hidden' && element.scrollWidth > element.clientWidth + 1;
  return !box.width || box.right > innerWidth + 1 || cut || !top || !(element.contains(top) || top.contains(element));
};
const hidden = ['headline-loyalty', 'headline-networks', 'play', 'time', 'month', 'legend'].filter(out);
scrollTo(0, 0);
return {
  labels, hubs, width, height, palette, hidden, firms, bubbles, covered: covered / all,
  rows: [...document.querySelectorAll('#legend [data-group]')].map((button) => button.dataset.group),
  wedges: layout.wedges.filter((wedge) => wedge.slots.length).length,
  loyalty: document.getElementById('headline-loyalty').textContent,
};
"""

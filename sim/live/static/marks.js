// The scenario's events as dashed lines across a chart, each month's with its label where there is room.

const ROOM = 0.5; // of a chart's width: what a label takes

/** Shapes and annotations of Plotly for events (month after burn-in, label) in a range of months. */
export function marked(events, [first, last], colours) {
  const months = [...new Set(events.map((event) => event.month))].filter((month) => month >= first && month <= last).sort((a, b) => b - a);
  const shapes = months.map((month) => ({ type: "line", x0: month, x1: month, yref: "paper", y0: 0, y1: 1, line: { color: colours.line, width: 1, dash: "dash" } }));
  const annotations = [], middle = (first + last) / 2;
  let free = Infinity; // labels go from the latest to the left
  for (const month of months) {
    const toTheLeft = month > middle, width = ROOM * (last - first), from = toTheLeft ? month - width : month;
    if (from + width > free) continue;
    free = from;
    const [label, ...more] = new Set(events.filter((event) => event.month === month).map((event) => event.label)); // two runs share their past
    const text = cut(label) + (more.length ? ` and ${more.length} more` : "");
    annotations.push({ x: month, y: 1, yref: "paper", yanchor: "bottom", xanchor: toTheLeft ? "right" : "left", text, showarrow: false, font: { size: 10, color: colours.text } });
  }
  return { shapes, annotations };
}

const cut = (text) => (text.length > 34 ? `${text.slice(0, 33)}…` : text).replace(/[&<>]/g, " ");

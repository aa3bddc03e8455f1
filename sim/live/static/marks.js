// The scenario's events as dashed lines across a chart, each month's with its label above where there is room.

const ROOM = 0.018, ROW = 12; // what a label takes: a letter of a chart's width, a row in pixels of its height

/** Shapes and annotations of Plotly, and the height that these need, for events (month after burn-in, label) in a range of months. */
export function marked(events, [first, last], colours) {
  const months = [...new Set(events.map((event) => event.month))].filter((month) => month >= first && month <= last).sort((a, b) => b - a);
  const shapes = months.map((month) => ({ type: "line", x0: month, x1: month, yref: "paper", y0: 0, y1: 1, line: { color: colours.line, width: 1, dash: "dash" } }));
  const annotations = [], middle = (first + last) / 2;
  const free = [Infinity, Infinity, Infinity]; // of each row of labels, which go from the latest to the left
  for (const month of months) {
    const [label, ...more] = new Set(events.filter((event) => event.month === month).map((event) => event.label)); // two runs share their past
    const text = cut(label) + (more.length ? ` and ${more.length} more` : "") + `, month ${month}`;
    const toTheLeft = month > middle, width = ROOM * text.length * (last - first), from = toTheLeft ? month - width : month;
    const row = free.findIndex((end) => from + width <= end);
    if (row < 0) continue;
    free[row] = from;
    annotations.push({ x: month, y: 1, yref: "paper", yanchor: "bottom", yshift: ROW * row, xanchor: toTheLeft ? "right" : "left", text, showarrow: false, font: { size: 10, color: colours.text } });
  }
  return { shapes, annotations, height: ROW * free.filter(Number.isFinite).length };
}

const cut = (text) => (text.length > 34 ? `${text.slice(0, 33)}…` : text).replace(/[&<>]/g, " ");

// What differs between two runs on the same random numbers: a line for each outcome, and the difference month by month.

import { escape } from "./card.js";

const OUTCOMES = [["attitude", "attitude", 2, 1], ["retention", "vendor relations kept a year, %", 1, 100], ["memberships_per_partner", "memberships a partner", 2, 1], ["alliances", "alliances", 0, 1], ["joint_share", "revenue from joint work, %", 1, 100]];

/** Fill the element with B less A in the present month. */
export function fillDifferences(element, [a, b]) {
  element.hidden = !b?.words;
  if (element.hidden) return;
  const vendor = a.words.names.vendors[0];
  const rows = [...OUTCOMES, ["wallet_0", `share of wallet of ${vendor}, %`, 1, 100]].map(([name, label, digits, scale]) => {
    const one = scale * a.last(name), other = scale * b.last(name), by = other - one;
    return `<tr><th scope="row">${escape(label)}</th><td class="n">${fixed(one, digits)}</td><td class="n">${fixed(other, digits)}</td><td class="n ${by < -1e-9 ? "down" : by > 1e-9 ? "up-word" : ""}">${by > 0 ? "+" : ""}${fixed(by, digits + 1)}</td></tr>`;
  });
  element.innerHTML = `<h2 class="chart-title">B less A, on the same random numbers</h2><table><thead><tr><th scope="col">outcome</th><th scope="col" class="n">A</th><th scope="col" class="n">B</th><th scope="col" class="n">B − A</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

const fixed = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits).replace("-", "−") : "–");

/** The difference of a series of both, as long as both are known. */
export function difference(one, other) {
  const n = Math.min(one?.length ?? 0, other?.length ?? 0);
  return Array.from({ length: n }, (_, m) => other[m] - one[m]);
}

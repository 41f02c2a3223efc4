/* What chance gives, by enumerating every outcome: independent of the models' formulas, which go by logarithms of factorials. */

/** Returns the probabilities of 0, 1, … successes of independent trials, each with its own probability: the first ones. */
export function enumerateTrials(probabilities: number[], first = Number.POSITIVE_INFINITY): number[] {
  let before = [1];
  for (const p of probabilities) {
    if (before.length < first) before.push(0);
    before = before.map((stays, k) => stays * (1 - p) + (before[k - 1] ?? 0) * p);
  }
  return before;
}

/** Returns the probabilities of drawing 0, 1, … of `marked` people when so many are drawn, one after the other, out of a pool. */
export function enumerateDraws(pool: number, marked: number, drawn: number): number[] {
  let before = [1];
  for (let gone = 0; gone < drawn; gone++) {
    const draw = (k: number) => (marked - k) / (pool - gone);
    before = [...before, 0].map((stays, k) => stays * (1 - draw(k)) + (before[k - 1] ?? 0) * draw(k - 1));
  }
  return before;
}

/** Returns the mean distance of the share drawn from a target. */
export function averageDistance(outcomes: number[], target: number): number {
  const drawn = outcomes.length - 1;
  return outcomes.reduce((sum, p, k) => sum + p * Math.abs(k / drawn - target), 0);
}

/** A school: so many teachers are of color, of so many. */
export type Staff = [ofColor: number, everybody: number];

/** Returns each school's probability of being among the first, with the number of schools above it enumerated. */
export function enumerateTopProbabilities(staffs: Staff[], top: number, steps = 200): number[] {
  const total = (of: (staff: Staff) => number) => staffs.reduce((sum, staff) => sum + of(staff), 0);
  const everybody = total(([, n]) => n);
  const mean = total(([x]) => x) / everybody;
  const spread = total(([x, n]) => n * (x / n - mean) ** 2) / (mean * (1 - mean));
  const freedom = staffs.length - 1;
  const correlation = (spread - freedom) / (everybody - total(([, n]) => n * n) / everybody - freedom);
  const prior = 1 / Math.min(0.5, Math.max(0.001, correlation)) - 1;
  const masses = staffs.map(([x, n]) => {
    const logs = Array.from({length: steps}, (_, step) => {
      const p = (step + 0.5) / steps;
      return (prior * mean + x - 1) * Math.log(p) + (prior * (1 - mean) + n - x - 1) * Math.log(1 - p);
    });
    const most = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  });
  const above = masses.map((mass) => mass.map((m, step) => mass.slice(step + 1).reduce((a, b) => a + b, m / 2)));
  return masses.map((mass, school) =>
    mass.reduce((sum, m, step) => {
      if (m < 1e-9) return sum;
      const others = above.flatMap((each, other) => (other === school ? [] : [each[step] ?? 0]));
      const fewAbove = enumerateTrials(others, top);
      return sum + m * fewAbove.reduce((a, b) => a + b, 0);
    }, 0),
  );
}

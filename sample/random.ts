import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that are the same on every machine. They use no logarithm or sine, whose last digits differ between engines. */
export type Random = {
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  happens(probability: number): boolean;
};

/** Returns a generator for a subject. Each subject has its own stream, so that a new school does not change other figures. */
export function seedRandom(...subject: string[]): Random {
  const generator = xoroshiro128plus(hashSeed(subject.join('|')));
  const whole = (low: number, high: number) => uniformInt(generator, low, high);
  const between = (low: number, high: number) => low + ((high - low) * whole(0, 999_999)) / 1_000_000;
  return {between, whole, happens: (probability) => between(0, 1) < probability};
}

/** Splits a total by weights into whole numbers that add up to it. No part exceeds its exact share rounded up. */
export function apportion(total: number, weights: readonly number[], random: Random): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => (total * weight) / sum);
  const parts = shares.map((share) => Math.floor(share));
  const claims = shares.map((share) => share - Math.floor(share));
  for (let left = total - parts.reduce((a, b) => a + b, 0); left > 0; left -= 1) {
    const winner = drawIndex(claims, random);
    parts[winner] = (parts[winner] ?? 0) + 1;
    claims[winner] = 0;
  }
  return parts;
}

/** Rounds up or down at random, so that the average over many draws is the exact value. */
export function roundAtRandom(value: number, random: Random): number {
  const floor = Math.floor(value);
  return floor + (random.happens(value - floor) ? 1 : 0);
}

/** Returns the items in random order. */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({item, place: random.between(0, 1)}))
    .sort((a, b) => a.place - b.place)
    .map(({item}) => item);
}

function drawIndex(weights: readonly number[], random: Random): number {
  let mark = random.between(0, 1) * weights.reduce((a, b) => a + b, 0);
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight <= 0) continue;
    last = index;
    mark -= weight;
    if (mark < 0) break;
  }
  return last;
}

/** FNV-1a, 32 bits. */
function hashSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}

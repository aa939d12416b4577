import type { BenchResult, Measurement, Question } from './contract.ts';

/** The middle value; of an even count, the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** How far the rounds lie apart, as a share of their median: (largest - smallest) / median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Puts the rounds of one question together. */
export function summarise({ question, unit }: Question, rounds: readonly Measurement[]): BenchResult {
  const pairs = rounds.flatMap(({ ours, baseline }) => (baseline === undefined ? [] : [{ ours, baseline }]));
  return {
    question,
    unit,
    ours: median(rounds.map(({ ours }) => ours)),
    baseline: pairs.length === 0 ? null : median(pairs.map(({ baseline }) => baseline)),
    ratio: pairs.length === 0 ? null : median(pairs.map(({ ours, baseline }) => ours / baseline)),
    rounds,
  };
}

/** A number with three significant digits, without an exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 6));
}

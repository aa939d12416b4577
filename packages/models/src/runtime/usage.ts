import { emptyUsage, type Usage } from '@trellis/contracts';
import type { Pricing } from '../schema/model.ts';
import { addDecimals, multiplyDecimals } from './decimal.ts';

const amountDecimals = 7;
const zero = '0';

/** Price of cached prompt tokens as multiples of the input price, where a provider bills writes and reads apart. */
export interface CacheMultipliers {
  read: string;
  write: string;
}

/** Token counts of one call. */
export interface TokenCounts {
  prompt: number;
  completion: number;
  /** Prompt tokens read from the provider's cache; part of `prompt`. */
  cached?: number | undefined;
  /** Prompt tokens written to the provider's cache; part of `prompt`. */
  cacheWrite?: number | undefined;
  /** Tokens of reasoning; part of `completion`. */
  reasoning?: number | undefined;
}

/** Seconds that a call took. */
export interface CallTimes {
  latency: number;
  timeToFirstToken?: number | null;
  timeToGenerate?: number | null;
}

/** The public usage object of one call: tokens, prices in exact decimals, times rounded to milliseconds. */
export function computeUsage(options: {
  tokens: TokenCounts;
  pricing: Pricing | null;
  times: CallTimes;
  cache?: CacheMultipliers | undefined;
}): Usage {
  const { tokens, pricing, times } = options;
  const priced = pricing === null ? emptyUsage : prices(tokens, pricing, options.cache);
  return {
    prompt_tokens: tokens.prompt,
    prompt_unit_price: priced.prompt_unit_price,
    prompt_price_unit: priced.prompt_price_unit,
    prompt_price: priced.prompt_price,
    completion_tokens: tokens.completion,
    completion_unit_price: priced.completion_unit_price,
    completion_price_unit: priced.completion_price_unit,
    completion_price: priced.completion_price,
    total_tokens: tokens.prompt + tokens.completion,
    total_price: priced.total_price,
    currency: priced.currency,
    latency: milliseconds(times.latency),
    time_to_first_token: times.timeToFirstToken == null ? null : milliseconds(times.timeToFirstToken),
    time_to_generate: times.timeToGenerate == null ? null : milliseconds(times.timeToGenerate),
  };
}

function prices(tokens: TokenCounts, pricing: Pricing, cache: CacheMultipliers | undefined) {
  const { unit, currency, input, output } = pricing;
  const amount = (count: number, unitPrice: string, multiplier = '1') =>
    multiplyDecimals([String(count), unitPrice, unit, multiplier], amountDecimals);
  const cached = tokens.cached ?? 0;
  const written = tokens.cacheWrite ?? 0;
  const parts = [amount(tokens.prompt - cached - written, input)];
  if (cached > 0) {
    parts.push(
      cache === undefined ? amount(cached, pricing.cached_input ?? input) : amount(cached, input, cache.read),
    );
  }
  if (written > 0) parts.push(amount(written, input, cache?.write ?? '1'));
  const promptPrice = addDecimals(...parts);
  const completionPrice = output === null ? zero : amount(tokens.completion, output);
  return {
    prompt_unit_price: input,
    prompt_price_unit: unit,
    prompt_price: promptPrice,
    completion_unit_price: output ?? zero,
    completion_price_unit: output === null ? zero : unit,
    completion_price: completionPrice,
    total_price: addDecimals(promptPrice, completionPrice),
    currency,
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/**
 * Adds usages: tokens, prices and latencies add up, unit prices, currency and first-token times come from the later
 * call. Amounts in another currency are not added: the later currency's amounts stand alone.
 */
export function addUsage(first: Usage, second: Usage): Usage {
  if (first.total_tokens === 0) return second;
  const sameCurrency = first.currency === second.currency;
  const add = (left: string, right: string) => (sameCurrency ? addDecimals(left, right) : right);
  return {
    ...second,
    prompt_tokens: first.prompt_tokens + second.prompt_tokens,
    prompt_price: add(first.prompt_price, second.prompt_price),
    completion_tokens: first.completion_tokens + second.completion_tokens,
    completion_price: add(first.completion_price, second.completion_price),
    total_tokens: first.total_tokens + second.total_tokens,
    total_price: add(first.total_price, second.total_price),
    latency: milliseconds(first.latency + second.latency),
  };
}

/** Total prices by currency, for sums over calls of models that are billed in different ones. */
export function totalPrices(usages: Iterable<Usage>): Record<string, string> {
  const totals: Record<string, string> = {};
  for (const usage of usages)
    totals[usage.currency] = addDecimals(totals[usage.currency] ?? zero, usage.total_price);
  return totals;
}

/** Usage of an embedding call. */
export interface EmbeddingUsage {
  tokens: number;
  total_tokens: number;
  unit_price: string;
  price_unit: string;
  total_price: string;
  currency: string;
  latency: number;
}

/** The usage object of an embedding call. */
export function computeEmbeddingUsage(
  tokens: number,
  pricing: Pricing | null,
  latency: number,
): EmbeddingUsage {
  return {
    tokens,
    total_tokens: tokens,
    unit_price: pricing?.input ?? zero,
    price_unit: pricing?.unit ?? zero,
    total_price:
      pricing === null
        ? zero
        : multiplyDecimals([String(tokens), pricing.input, pricing.unit], amountDecimals),
    currency: pricing?.currency ?? 'USD',
    latency: milliseconds(latency),
  };
}

import { emptyUsage, type Usage } from '@trellis/contracts';

/** Sum of two usages; unit prices, currency and times are those of the later one. */
export function addUsage(first: Usage, second: Usage): Usage {
  if (first === emptyUsage) return second;
  if (second === emptyUsage) return first;
  return {
    ...second,
    prompt_tokens: first.prompt_tokens + second.prompt_tokens,
    prompt_price: addDecimals(first.prompt_price, second.prompt_price),
    completion_tokens: first.completion_tokens + second.completion_tokens,
    completion_price: addDecimals(first.completion_price, second.completion_price),
    total_tokens: first.total_tokens + second.total_tokens,
    total_price: addDecimals(first.total_price, second.total_price),
    latency: Math.round((first.latency + second.latency) * 1000) / 1000,
  };
}

/** Exact sum of two decimal texts, with as many decimals as the longer one has. */
export function addDecimals(first: string, second: string): string {
  const scale = Math.max(decimals(first), decimals(second));
  const sum = scaled(first, scale) + scaled(second, scale);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return sum < 0n ? `-${text}` : text;
}

function decimals(text: string): number {
  const dot = text.indexOf('.');
  return dot < 0 ? 0 : text.length - dot - 1;
}

function scaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - decimals(text)));
}

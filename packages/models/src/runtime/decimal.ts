/** An exact decimal number: `digits × 10^-scale`. */
interface Decimal {
  digits: bigint;
  scale: number;
}

function parse(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/u.exec(text);
  if (match === null) throw new RangeError(`Not a decimal number: ${text}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

function format(digits: bigint, scale: number): string {
  const negative = digits < 0n;
  const padded = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  const point = padded.length - scale;
  return `${negative ? '-' : ''}${padded.slice(0, point)}${scale === 0 ? '' : `.${padded.slice(point)}`}`;
}

function rescale({ digits, scale }: Decimal, target: number): bigint {
  if (scale <= target) return digits * 10n ** BigInt(target - scale);
  const divisor = 10n ** BigInt(scale - target);
  const half = divisor / 2n;
  // Half up, away from zero; bigint division cuts towards zero.
  return (digits + (digits < 0n ? -half : half)) / divisor;
}

/** The product of decimal texts, rounded half up to so many decimals, all of them written out. */
export function multiplyDecimals(factors: readonly string[], decimals: number): string {
  const product = factors.map(parse).reduce((left, right) => ({
    digits: left.digits * right.digits,
    scale: left.scale + right.scale,
  }));
  return format(rescale(product, decimals), decimals);
}

/** The sum of decimal texts with as many decimals as the most exact of them. */
export function addDecimals(...terms: readonly string[]): string {
  const parsed = terms.map(parse);
  const scale = Math.max(0, ...parsed.map((term) => term.scale));
  return format(
    parsed.reduce((sum, term) => sum + rescale(term, scale), 0n),
    scale,
  );
}

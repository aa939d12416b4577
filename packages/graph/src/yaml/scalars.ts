/** What a plain scalar of YAML 1.1 means. */
export type PlainValue =
  | { kind: 'null' }
  | { kind: 'merge' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'integer'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'text'; value: string };

const nulls = /^(?:~|null|Null|NULL|)$/;
const truths = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const falsehoods = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const binary = /^([-+]?)0b([01_]+)$/;
const hexadecimal = /^([-+]?)0x([0-9a-fA-F_]+)$/;
const octal = /^([-+]?)0([0-7_]+)$/;
const decimal = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const sexagesimal = /^([-+]?)([0-9][0-9_]*(?::[0-5]?[0-9])+)(\.[0-9_]*)?$/;
const fraction = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const timestamp =
  /^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

/** Texts that YAML 1.2 or a stricter reader of YAML 1.1 takes for something else than text. */
const otherReaders =
  /^(?:[-+]?0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?0[0-9]+|=|<<)$/;

/**
 * Reads a plain scalar by the rules of YAML 1.1 as the Python world applies them: `yes` and `off` are booleans but
 * `y` is text, `017` is 15 but `0o17` is text, `1:30` is 90, `1e3` is text.
 *
 * Dates, infinities and whole numbers beyond 2^53 stay the text they are, because JSON has no place for them.
 *
 * Source: https://yaml.org/type/ and the resolver tables of PyYAML 6.
 */
export function readPlainScalar(text: string): PlainValue {
  if (nulls.test(text)) return { kind: 'null' };
  if (text === '<<') return { kind: 'merge' };
  if (truths.test(text)) return { kind: 'boolean', value: true };
  if (falsehoods.test(text)) return { kind: 'boolean', value: false };
  return readInteger(text) ?? readFloat(text) ?? { kind: 'text', value: text };
}

function readInteger(text: string): PlainValue | null {
  for (const [pattern, base] of [
    [binary, 2],
    [hexadecimal, 16],
    [octal, 8],
  ] as const) {
    const match = pattern.exec(text);
    if (!match) continue;
    const digits = (match[2] ?? '').replaceAll('_', '');
    if (digits === '') return octal.test(text) ? { kind: 'integer', value: 0 } : null;
    return integer(text, Number.parseInt(digits, base) * (match[1] === '-' ? -1 : 1));
  }
  if (decimal.test(text)) return integer(text, Number(text.replaceAll('_', '')));
  const match = sexagesimal.exec(text);
  // A leading zero makes it a text, unless it has a fraction; so have the tables.
  if (!match || match[3] !== undefined || text.replace(/^[-+]/, '').startsWith('0')) return null;
  return integer(text, readBase60(match));
}

function readBase60(match: RegExpExecArray): number {
  const whole = (match[2] ?? '')
    .replaceAll('_', '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  const rest = Number(`0${(match[3] ?? '').replaceAll('_', '')}`);
  return (whole + rest) * (match[1] === '-' ? -1 : 1);
}

function integer(text: string, value: number): PlainValue {
  // Adding zero turns minus zero into zero, which is what a whole number is.
  return Number.isSafeInteger(value) ? { kind: 'integer', value: value + 0 } : { kind: 'text', value: text };
}

function readFloat(text: string): PlainValue | null {
  if (fraction.test(text)) {
    const value = Number(text.replaceAll('_', ''));
    return Number.isFinite(value) ? { kind: 'float', value } : null;
  }
  const match = sexagesimal.exec(text);
  return match && match[3] !== undefined ? { kind: 'float', value: readBase60(match) } : null;
}

/** Whether a text may be written without quotes, so that every reader of YAML takes it for the text it is. */
export function isTextWhenPlain(text: string): boolean {
  return (
    readPlainScalar(text).kind === 'text' &&
    !notFinite.test(text) &&
    !timestamp.test(text) &&
    !otherReaders.test(text) &&
    !decimal.test(text)
  );
}

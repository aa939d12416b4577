/** Names of the Python exceptions that rendering a template can end with. */
export type TemplateErrorKind =
  | 'TemplateSyntaxError'
  | 'TemplateAssertionError'
  | 'TemplateRuntimeError'
  | 'FilterArgumentError'
  | 'UndefinedError'
  | 'AttributeError'
  | 'IndexError'
  | 'KeyError'
  | 'OverflowError'
  | 'RecursionError'
  | 'TypeError'
  | 'ValueError'
  | 'ZeroDivisionError'
  /** Not Python's: a limit of the renderer. */
  | 'FuelExhausted'
  | 'OutputTooLarge';

/** A failure inside the template language; `line` counts from 1 in the template. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly kind: TemplateErrorKind;
  line: number | undefined;

  constructor(kind: TemplateErrorKind, message: string, line?: number) {
    super(message);
    this.kind = kind;
    this.line = line;
  }

  /** Whether the template was refused before any of it ran. */
  get isSyntax(): boolean {
    return this.kind === 'TemplateSyntaxError' || this.kind === 'TemplateAssertionError';
  }
}

/** A Python `TypeError`, the most frequent kind. */
export function typeError(message: string): TemplateError {
  return new TemplateError('TypeError', message);
}

/** A Python `ValueError`. */
export function valueError(message: string): TemplateError {
  return new TemplateError('ValueError', message);
}

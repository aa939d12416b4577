/** How many causes of an error are told. */
const maxCauses = 4;
const maxMessageCharacters = 4_000;

/** An error as the log has it. */
export interface ErrorFields {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ErrorFields;
}

/**
 * What the log says of an error. Only these fields: errors of libraries carry requests, parameters of statements and
 * whole answers with them, which hold people's texts.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: shorten(String(error)) };
  const { code } = error as { code?: unknown };
  const fields: ErrorFields = { type: error.name, message: messageOf(error) };
  if (typeof code === 'string' || typeof code === 'number') fields.code = String(code);
  const frames = framesOf(error);
  if (frames !== '') fields.stack = `${error.name}: ${fields.message}\n${frames}`;
  if (error.cause !== undefined && depth < maxCauses) fields.cause = errorFields(error.cause, depth + 1);
  return fields;
}

/** A failed statement's message goes on with its parameters, which are what people wrote. */
function messageOf(error: Error): string {
  return shorten(error.message.replace(/\nparams: [\s\S]*$/, ''));
}

/** The frames alone: the stack's head repeats the message, with everything that was left out of it. */
function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}

function shorten(text: string): string {
  return text.length <= maxMessageCharacters ? text : `${text.slice(0, maxMessageCharacters)}…`;
}

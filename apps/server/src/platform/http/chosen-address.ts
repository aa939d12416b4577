import type { z } from 'zod';

/**
 * Declares a field of a route as an address that its caller chose and that the server goes to. Every field whose name
 * sounds like an address must be declared; by the mark that this puts into its JSON schema, the suite of server-side
 * request forgery finds and tries each one.
 */
export function chosenAddress<Field extends z.ZodType>(field: Field): Field {
  return field.meta({ ...field.meta(), 'x-chosen-address': true });
}

import type { z } from 'zod';

/** The key by which the API document, and the suite that tries addresses, know such a field. */
export const chosenAddressKey = 'x-chosen-address';

/**
 * Declares a field of a route as an address that its caller chose and that the server goes to. Every field whose name
 * sounds like an address must be declared, and the suite of server-side request forgery tries each one.
 */
export function chosenAddress<Field extends z.ZodType>(field: Field): Field {
  return field.meta({ ...field.meta(), [chosenAddressKey]: true });
}

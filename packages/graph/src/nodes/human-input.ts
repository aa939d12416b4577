import { z } from 'zod';
import { nodeData } from './common.ts';
import { flagOn, list, looseNumber, looseText, orElse, selector, textOrEmpty } from './fields.ts';

/** A way in which people are asked. The `config` of an e-mail names recipients, subject and body. */
export const deliveryMethod = z.looseObject({
  id: textOrEmpty,
  type: z.enum(['webapp', 'email']),
  enabled: flagOn,
  config: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value ?? null),
});

/** A way in which people are asked, see `deliveryMethod`. */
export type DeliveryMethod = z.output<typeof deliveryMethod>;

/** A field of the form; it becomes an output of the node under `output_variable_name`. */
export const humanInputField = z.looseObject({
  type: z.enum(['text-input', 'paragraph', 'select', 'file', 'file-list']),
  output_variable_name: looseText,
  default: z
    .looseObject({
      type: orElse(z.enum(['variable', 'constant']), () => 'constant' as const),
      selector,
      value: z.unknown().optional(),
    })
    .nullish()
    .transform((value) => value ?? null),
});

/** A field of the form, see `humanInputField`. */
export type HumanInputField = z.output<typeof humanInputField>;

/** A button of the form; its id is the handle of its edges. */
export const userAction = z.looseObject({
  id: looseText,
  title: textOrEmpty,
  button_style: orElse(
    z.enum(['primary', 'default', 'accent', 'ghost']).catch('default'),
    () => 'default' as const,
  ),
});

/** A button of the form, see `userAction`. */
export type UserAction = z.output<typeof userAction>;

function areUnique(values: string[]): boolean {
  return new Set(values).size === values.length;
}

/** Data of a human-input node: the run pauses until a person answers a form, at most `timeout` units long. */
export const humanInputData = nodeData('human-input', {
  delivery_methods: list(deliveryMethod),
  form_content: textOrEmpty,
  inputs: list(humanInputField).refine(
    (inputs) => areUnique(inputs.map((input) => input.output_variable_name)),
    'names of fields must be unique',
  ),
  user_actions: list(userAction).refine(
    (actions) => areUnique(actions.map((action) => action.id)),
    'ids of actions must be unique',
  ),
  timeout: orElse(looseNumber.pipe(z.number().positive()), () => 36),
  timeout_unit: orElse(z.enum(['hour', 'day']), () => 'hour' as const),
});

/** Data of a human-input node. */
export type HumanInputData = z.output<typeof humanInputData>;

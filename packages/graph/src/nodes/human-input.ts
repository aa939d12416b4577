import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, flagOn, list, looseNumber, looseText, orElse, selector, textOrEmpty } from './fields.ts';

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

/** Whom a mail goes to: a member of the workspace by the account's id, or an address outside. */
export const mailRecipient = z.looseObject({
  type: z.enum(['member', 'external']),
  user_id: textOrEmpty,
  /** What newer canvases call `user_id`. */
  reference_id: textOrEmpty,
  email: textOrEmpty,
});

/** The `config` of a delivery by e-mail. `{{#url#}}` in the body is each reader's own link to the form. */
export const emailDelivery = z.looseObject({
  recipients: orElse(
    z.looseObject({ whole_workspace: flag, include_bound_group: flag, items: list(mailRecipient) }),
    () => ({ whole_workspace: false, include_bound_group: false, items: [] }),
  ),
  subject: textOrEmpty,
  /** Markdown with placeholders. */
  body: textOrEmpty,
  /** While the author tries the app, mails go to the author alone. */
  debug_mode: flag,
});

/** The `config` of a delivery by e-mail, see `emailDelivery`. */
export type EmailDelivery = z.output<typeof emailDelivery>;

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

import { z } from 'zod';

/** A form as people get it. */
export const formSchema = z.looseObject({
  form_content: z.string(),
  inputs: z.array(z.unknown()),
  resolved_default_values: z.record(z.string(), z.string()),
  user_actions: z.array(z.unknown()),
  expiration_time: z.number(),
});

/** The answer to a form: what was filled in, and the button that was pressed. */
export const answerBody = z.object({
  inputs: z.record(z.string(), z.unknown()).default({}),
  action: z.string(),
});

/** Why a form is not shown or not answered. */
export const formErrors = [
  'human_input_form_not_found',
  'human_input_form_submitted',
  'human_input_form_expired',
  'invalid_form_data',
  'invalid_param',
] as const;

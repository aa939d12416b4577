import { z } from 'zod';
import { isObject, type JsonObject } from '../graph/json.ts';
import { flag, list, looseNumber, looseText, numberOrNull, orElse, textOrEmpty } from '../nodes/fields.ts';
import { moderationIssues } from './moderation.ts';

/** Kinds of files that users may upload. */
export const uploadFileTypes = ['image', 'document', 'audio', 'video', 'custom'] as const;

/** Ways in which users may hand over files. */
export const uploadMethods = ['local_file', 'remote_url'] as const;

type UploadMethod = (typeof uploadMethods)[number];

const toggle = orElse(z.looseObject({ enabled: flag }), () => ({ enabled: false }));

/** Follow-up questions, with a model and instructions of their own where set. */
export const suggestedQuestionsAfterAnswer = orElse(
  z.looseObject({
    enabled: flag,
    model: z
      .looseObject({ provider: z.string().min(1), name: z.string().min(1) })
      .nullish()
      .transform((value) => value ?? null),
    prompt: orElse(z.string().max(1000, 'must have at most 1000 characters'), () => ''),
  }),
  () => ({ enabled: false, model: null, prompt: '' }),
);

/** Spoken answers; switched off, voice and language are empty. */
export const textToSpeech = orElse(
  z.looseObject({
    enabled: flag,
    voice: textOrEmpty,
    language: textOrEmpty,
    autoPlay: orElse(z.enum(['enabled', 'disabled']).catch('disabled'), () => 'disabled' as const),
  }),
  () => ({ enabled: false, voice: '', language: '', autoPlay: 'disabled' as const }),
).transform((value) => (value.enabled ? value : { ...value, voice: '', language: '' }));

/** Guarding inputs and answers; what `config` holds depends on `type`. Checked only where it is switched on. */
export const sensitiveWordAvoidance = orElse(
  z.looseObject({
    enabled: flag,
    type: textOrEmpty,
    config: orElse(z.record(z.string(), z.unknown()), (): JsonObject => ({})),
  }),
  () => ({ enabled: false, type: '', config: {} as JsonObject }),
).superRefine((value, context) => {
  if (!value.enabled) return;
  for (const issue of moderationIssues(value.type, value.config))
    context.addIssue({ code: 'custom', ...issue });
});

const uploadFields = {
  enabled: flag,
  allowed_file_types: list(z.enum(uploadFileTypes)),
  allowed_file_extensions: list(looseText),
  allowed_file_upload_methods: list(z.enum(uploadMethods)),
  number_limits: orElse(looseNumber.pipe(z.int().min(1)), () => 3),
  detail: orElse(z.enum(['high', 'low']), () => 'high' as const),
};

const imageUpload = z.looseObject({
  enabled: flag,
  number_limits: numberOrNull,
  transfer_methods: list(z.enum(uploadMethods)),
  detail: looseText.nullish(),
});

/**
 * What users may upload. The form of old files, a block for images only, becomes today's form: where it alone is
 * switched on, uploads of images are.
 */
export const fileUpload = z
  .unknown()
  .optional()
  .transform((stored, context) => {
    const upload = isObject(stored) ? stored : {};
    const { image, ...rest } = upload;
    const newKeys = ['enabled', 'allowed_file_types', 'allowed_file_upload_methods', 'number_limits'];
    if (!isObject(image) || newKeys.some((key) => key in rest)) return upload;
    const parsed = imageUpload.safeParse(image);
    if (!parsed.success) {
      context.addIssue({ code: 'custom', path: ['image'], message: 'must be the settings of image uploads' });
      return z.NEVER;
    }
    if (!parsed.data.enabled) return upload;
    const methods: UploadMethod[] = parsed.data.transfer_methods;
    return {
      ...rest,
      enabled: true,
      allowed_file_types: ['image'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: methods.length > 0 ? methods : [...uploadMethods],
      number_limits: parsed.data.number_limits ?? 3,
      ...(parsed.data.detail ? { detail: parsed.data.detail } : {}),
    };
  })
  .pipe(z.looseObject(uploadFields));

/** What users may upload, see `fileUpload`. */
export type FileUpload = z.output<typeof fileUpload>;

/** The features of an app that is a graph. Keys of other modes and unknown keys are kept. */
export const features = z.looseObject({
  opening_statement: textOrEmpty,
  suggested_questions: list(z.string()),
  suggested_questions_after_answer: suggestedQuestionsAfterAnswer,
  speech_to_text: toggle,
  text_to_speech: textToSpeech,
  retriever_resource: toggle,
  sensitive_word_avoidance: sensitiveWordAvoidance,
  file_upload: fileUpload,
});

/** The features of an app that is a graph, see `features`. */
export type Features = z.output<typeof features>;

/** Something that is wrong with stored features or a configuration; `path` names the key, parts joined by dots. */
export interface ConfigIssue {
  path: string;
  message: string;
}

/** Reads stored features, with defaults for what is missing. What cannot be read counts as missing. */
export function parseFeatures(stored: unknown): Features {
  const source = isObject(stored) ? stored : {};
  const whole = features.safeParse(source);
  if (whole.success) return whole.data;
  const broken = new Set(whole.error.issues.map((issue) => String(issue.path[0])));
  return features.parse(Object.fromEntries(Object.entries(source).filter(([key]) => !broken.has(key))));
}

const workflowFeatureKeys: ReadonlySet<string> = new Set([
  'file_upload',
  'text_to_speech',
  'sensitive_word_avoidance',
]);

/** What is wrong with features that are to be saved; workflows are asked only for the keys that they use. */
export function featureIssues(stored: unknown, mode: 'workflow' | 'advanced-chat'): ConfigIssue[] {
  if (!isObject(stored)) return [{ path: '', message: 'must be a mapping' }];
  const parsed = features.safeParse(stored);
  if (parsed.success) return [];
  return toConfigIssues(parsed.error).filter(
    (issue) => mode === 'advanced-chat' || workflowFeatureKeys.has(issue.path.split('.')[0] ?? ''),
  );
}

/** Issues of zod in our form. */
export function toConfigIssues(error: z.ZodError): ConfigIssue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

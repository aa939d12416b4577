import { z } from 'zod';
import {
  databaseFields,
  jobFields,
  observabilityFields,
  redisFields,
  storageFields,
  vectorFields,
} from './environment-data.ts';
import type { Field, FieldGroup, ValuesOf } from './environment-field.ts';
import {
  formFields,
  httpNodeFields,
  knowledgeFields,
  moderationFields,
  outboundFields,
  pluginFields,
  positionFields,
  sandboxFields,
  scheduleFields,
  uploadFields,
  workflowFields,
} from './environment-limits.ts';
import {
  accountFields,
  addressFields,
  corsFields,
  featureFields,
  loggingFields,
  mailFields,
  securityFields,
  serverFields,
  webFields,
} from './environment-server.ts';

const groups = {
  addresses: addressFields,
  server: serverFields,
  security: securityFields,
  logging: loggingFields,
  accounts: accountFields,
  features: featureFields,
  cors: corsFields,
  mail: mailFields,
  web: webFields,
  database: databaseFields,
  redis: redisFields,
  storage: storageFields,
  vectors: vectorFields,
  jobs: jobFields,
  observability: observabilityFields,
  uploads: uploadFields,
  knowledge: knowledgeFields,
  positions: positionFields,
  sandbox: sandboxFields,
  outbound: outboundFields,
  httpNode: httpNodeFields,
  moderation: moderationFields,
  workflow: workflowFields,
  forms: formFields,
  schedules: scheduleFields,
  plugins: pluginFields,
} satisfies Record<string, FieldGroup>;

type Groups = typeof groups;

/** Every setting of the installation, by group: durations in milliseconds, sizes in bytes. */
export type Environment = { readonly [G in keyof Groups]: ValuesOf<Groups[G]> } & {
  /** Sentences for the log: older names that were used. */
  readonly warnings: readonly string[];
  /** What is in force, by variable name, secrets masked. */
  readonly table: readonly EnvironmentRow[];
};

/** One line of the table of effective values. */
export interface EnvironmentRow {
  readonly name: string;
  readonly value: string;
  /** False when the default is in force. */
  readonly given: boolean;
}

/** The environment holds values that cannot be used; the message names each with what is allowed. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code = 'environment_invalid';
  /** Names of the variables that were refused. */
  readonly variables: readonly string[];

  constructor(problems: readonly { readonly name: string; readonly sentence: string }[]) {
    super(['The environment cannot be used:', ...problems.map(({ sentence }) => `  ${sentence}`)].join('\n'));
    this.variables = problems.map(({ name }) => name);
  }
}

const fields: readonly Field<unknown>[] = Object.values(groups).flatMap((group: FieldGroup) =>
  Object.values(group),
);

const environmentSchema = z.object(Object.fromEntries(fields.map(({ name, schema }) => [name, schema])));

/**
 * Reads all settings at once. `source` is the process environment, usually over the values of a `.env` file (see
 * `readEnvironmentFile`); an empty value counts as unset. Throws EnvironmentError that names every refused variable.
 */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given = fields.map((field) => ({ field, ...lookUp(field, source) }));
  const parsed = environmentSchema.safeParse(
    Object.fromEntries(given.map(({ field, text }) => [field.name, text])),
  );
  if (!parsed.success)
    throw new EnvironmentError(parsed.error.issues.map((issue) => problemOf(issue, given)));
  const values: Readonly<Record<string, unknown>> = parsed.data;
  const read = Object.fromEntries(
    Object.entries(groups).map(([key, group]: [string, FieldGroup]) => [key, valuesOf(group, values)]),
  );
  // The loop above visits exactly the groups and fields that the type is inferred from.
  const settings = read as { readonly [G in keyof Groups]: ValuesOf<Groups[G]> };
  return {
    ...settings,
    warnings: given.flatMap(({ field, usedName }) =>
      usedName === field.name ? [] : [`${usedName} is an older name; please use ${field.name}.`],
    ),
    table: given.map(({ field, text }) => ({
      name: field.name,
      value: shown(field, values[field.name]),
      given: text !== undefined,
    })),
  };
}

interface Given {
  readonly field: Field<unknown>;
  readonly text: string | undefined;
  readonly usedName: string;
}

function lookUp(
  field: Field<unknown>,
  source: Readonly<Record<string, string | undefined>>,
): Omit<Given, 'field'> {
  for (const name of [field.name, ...field.aliases]) {
    const text = source[name]?.trim();
    if (text !== undefined && text !== '') return { text, usedName: name };
  }
  return { text: undefined, usedName: field.name };
}

function problemOf(issue: z.core.$ZodIssue, given: readonly Given[]): { name: string; sentence: string } {
  const name = String(issue.path[0]);
  const found = given.find(({ field }) => field.name === name);
  const usedName = found?.usedName ?? name;
  const value = found?.field.secret === true ? 'not usable' : `"${found?.text}"`;
  return { name: usedName, sentence: `${usedName} is ${value}; allowed: ${issue.message}` };
}

function valuesOf(group: FieldGroup, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(group).map(([key, { name }]) => [key, values[name]]));
}

function shown(field: Field<unknown>, value: unknown): string {
  if (value === undefined || value === '') return '';
  if (field.secret) return '••••••';
  return Array.isArray(value) ? value.join(',') : String(value);
}

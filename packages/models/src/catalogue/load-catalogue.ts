import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type ModelType, modelTypes } from '../schema/common.ts';
import { type ModelSchema, modelFileSchema, modelListFileSchema } from '../schema/model.ts';
import {
  completeParameterRule,
  type ParameterRule,
  type parameterRuleInputSchema,
} from '../schema/parameter-rule.ts';
import { providerFileSchema } from '../schema/provider.ts';
import { Catalogue, type CatalogueEntry } from './catalogue.ts';
import { canonicalProviderId } from './provider-id.ts';

/** Where the catalogue comes from and which providers it shows. */
export interface CatalogueOptions {
  /** Folder with one folder per provider; the one that ships with the package when absent. */
  directory?: string;
  /** Folders of the same form laid over it: providers and models with the same id replace, others are added. */
  overlays?: readonly string[];
  /** Providers put first, by id or short name. */
  pins?: readonly string[];
  /** Only these providers. */
  includes?: readonly string[];
  /** Not these, unless pinned. */
  excludes?: readonly string[];
}

/** A catalogue file that cannot be read; the message names the file and the fault. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly code = 'catalogue_invalid';
}

const shippedDirectory = fileURLToPath(new URL('../../catalogue', import.meta.url));

/**
 * Reads the catalogue from disk, checked. Synchronous, because it is part of the start; the models of a provider are
 * read when they are first asked for, so that a start does not grow with the catalogue.
 */
export function loadCatalogue(options: CatalogueOptions = {}): Catalogue {
  const entries = new Map<string, CatalogueEntry>();
  for (const directory of [options.directory ?? shippedDirectory, ...(options.overlays ?? [])]) {
    for (const folder of readdirSync(directory, { withFileTypes: true })) {
      if (folder.isDirectory()) readProvider(join(directory, folder.name), entries);
    }
  }
  return new Catalogue([...entries.values()], options);
}

function readProvider(folder: string, entries: Map<string, CatalogueEntry>): void {
  const file = join(folder, 'provider.yaml');
  const read = existsSync(file) ? parseFile(file, providerFileSchema) : undefined;
  // An overlay may bring models only; its folder is then named like the provider.
  const name = folder.split(/[\\/]/u).at(-1) ?? '';
  const id = canonicalProviderId(read?.id ?? name);
  const known = entries.get(id);
  const provider = read ?? known?.provider;
  if (provider === undefined)
    throw new CatalogueError(`${folder}: there is no provider.yaml and no provider ${id}.`);
  let models: ModelSchema[] | undefined;
  entries.set(id, {
    provider: { ...provider, id },
    models: () => {
      models ??= mergeModels(
        known?.models() ?? [],
        modelTypes.flatMap((type) => readModels(join(folder, 'models'), type)),
      );
      return models;
    },
    assets: existsSync(join(folder, 'assets')) ? join(folder, 'assets') : (known?.assets ?? null),
  });
}

function mergeModels(base: readonly ModelSchema[], overlay: readonly ModelSchema[]): ModelSchema[] {
  const key = (model: ModelSchema) => `${model.model_type}/${model.model}`;
  const merged = new Map(base.map((model) => [key(model), model]));
  for (const model of overlay) merged.set(key(model), model);
  return [...merged.values()];
}

/** Models of one type: a list in `{type}.yaml`, or a folder `{type}/` with one file per model. */
function readModels(folder: string, type: ModelType): ModelSchema[] {
  const models: ModelSchema[] = [];
  const listFile = join(folder, `${type}.yaml`);
  if (existsSync(listFile)) {
    const list = parseFile(listFile, modelListFileSchema);
    models.push(
      ...list.models.map((model) =>
        completeModel({ model, type, file: listFile, definitions: list.parameter_definitions }),
      ),
    );
  }
  const single = join(folder, type);
  if (existsSync(single)) models.push(...readSingleFiles(single, type));
  const seen = new Set<string>();
  for (const { model } of models) {
    if (seen.has(model)) throw new CatalogueError(`${folder}: the ${type} model ${model} is there twice.`);
    seen.add(model);
  }
  return models;
}

function readSingleFiles(folder: string, type: ModelType): ModelSchema[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.startsWith('_'));
  const models = files.map((name) => {
    const file = join(folder, name);
    return completeModel({ model: parseFile(file, modelFileSchema), type, file, definitions: {} });
  });
  const positionFile = join(folder, '_position.yaml');
  if (!existsSync(positionFile)) return models;
  const order: unknown = parse(readFileSync(positionFile, 'utf8'));
  const position = new Map(Array.isArray(order) ? order.map((id, index) => [String(id), index]) : []);
  const rank = (model: ModelSchema) => position.get(model.model) ?? position.size;
  return models.toSorted((left, right) => rank(left) - rank(right));
}

function parseFile<T>(file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CatalogueError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

type RuleInput = z.infer<typeof parameterRuleInputSchema>;

function completeModel(source: {
  model: z.infer<typeof modelFileSchema>;
  type: ModelType;
  file: string;
  definitions: Readonly<Record<string, RuleInput>>;
}): ModelSchema {
  const { model, type, file, definitions } = source;
  const rules = model.parameter_rules.map((rule): ParameterRule => {
    if (typeof rule !== 'string') return completeParameterRule(rule);
    const definition = definitions[rule];
    if (definition === undefined)
      throw new CatalogueError(`${file}: ${model.model} names the unknown parameter ${rule}.`);
    return completeParameterRule(definition);
  });
  return {
    model: model.model,
    label: model.label ?? { en_US: model.model, zh_Hans: model.model },
    model_type: model.model_type ?? type,
    features: model.features ?? null,
    fetch_from: 'predefined-model',
    model_properties: withDefaultMode(model.model_properties, type),
    deprecated: model.deprecated,
    parameter_rules: rules,
    pricing: model.pricing ?? null,
  };
}

function withDefaultMode(
  properties: ModelSchema['model_properties'],
  type: ModelType,
): ModelSchema['model_properties'] {
  return type === 'llm' ? { mode: 'chat', ...properties } : properties;
}

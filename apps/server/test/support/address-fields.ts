import { nodeSchemas } from '@trellis/graph';
import { z } from 'zod';
import type { AnyRoute } from '../../src/platform/http/route.ts';
import { nameOf } from './route-call.ts';

/** A field of a route that sounds like an address, or is declared as one that the server goes to. */
export interface AddressField {
  route: AnyRoute;
  where: 'path' | 'query' | 'body';
  /** Names on the way to the field. */
  path: string[];
  isDeclared: boolean;
}

const soundsLikeAddress = /ur[il](s)?$|^url|endpoint|webhook|callback|address|host(name)?$/i;

type Schema = { [key: string]: unknown };

/** Every field of every route that is an address, by what is declared or by its name. */
export function addressFieldsOf(routes: readonly AnyRoute[]): AddressField[] {
  return routes.flatMap((route) =>
    (
      [
        ['path', route.params],
        ['query', route.query],
        ['body', route.body === 'multipart' ? undefined : route.body],
      ] as const
    ).flatMap(([where, schema]) =>
      schema === undefined ? [] : fieldsOf(schema).map((field) => ({ route, where, ...field })),
    ),
  );
}

/** `POST /x body a.url`. */
export function placeOf({ route, where, path }: AddressField): string {
  return `${nameOf(route)} ${where} ${path.join('.')}`;
}

function fieldsOf(schema: z.ZodType): { path: string[]; isDeclared: boolean }[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return walk(json, []);
}

function walk(schema: Schema, path: string[]): { path: string[]; isDeclared: boolean }[] {
  const name = path.at(-1) ?? '';
  const isDeclared = schema['x-chosen-address'] === true;
  const soundsLikeOne = soundsLikeAddress.test(name) && !/(_id|Id)$/.test(name);
  const own = isDeclared || soundsLikeOne ? [{ path, isDeclared }] : [];
  const inside = [
    ...Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).flatMap(([key, value]) =>
      walk(value, [...path, key]),
    ),
    ...['items', 'additionalProperties'].flatMap((key) => {
      const value = schema[key];
      return typeof value === 'object' && value !== null ? walk(value as Schema, path) : [];
    }),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
      ((schema[key] ?? []) as Schema[]).flatMap((choice) => walk(choice, path)),
    ),
  ];
  const seen = new Set<string>();
  return [...own, ...inside].filter((field) => {
    const key = field.path.join('.');
    return seen.has(key) ? false : seen.add(key);
  });
}

/** Fields of node types that sound like addresses, as `http-request.url`. */
export function addressFieldsOfNodes(): string[] {
  return Object.entries(nodeSchemas).flatMap(([type, schema]) =>
    fieldsOf(schema as z.ZodType).map(({ path }) => `${type}.${path.join('.')}`),
  );
}

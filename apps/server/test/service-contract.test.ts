/**
 * Our API document against what clients of the reference API rely on, for prompt apps and graphs (operations of
 * annotations and knowledge come with their parts). The facts were taken from the published document
 * of the reference and are kept in `golden/service-operations.json`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeApi } from '../src/api-document.ts';
import { factsOf, missingFrom, type OperationFacts } from './support/contract-facts.ts';

const golden = join(import.meta.dirname, 'golden/service-operations.json');
/** The published document itself, where it lies beside the checkout. */
const published = join(import.meta.dirname, '../../../../shared/spec/openapi_service.json');

const reference = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, OperationFacts>;
let ours: Record<string, OperationFacts>;

beforeAll(async () => {
  const document = await describeApi('0');
  ours = factsOf(document as unknown as Record<string, unknown>, (_method, path) => path.startsWith('/v1/'));
});

/** Operations of apps; knowledge has a suite of its own. */
function isOfApps(_method: string, path: string): boolean {
  return !/^\/(apps\/annotation|datasets|workspaces)/.test(path);
}

/** Where we differ on purpose. */
const differences: Readonly<Record<string, string>> = {};

function unlessMeant(operation: string, found: readonly string[]): string[] {
  return found.map((fault) => `${operation}: ${fault}`).filter((fault) => differences[fault] === undefined);
}

describe('the service API', () => {
  it('is compared with facts that are up to date', () => {
    if (!existsSync(published)) return;
    const document = JSON.parse(readFileSync(published, 'utf8')) as Record<string, unknown>;
    expect(reference).toEqual(factsOf(document, isOfApps));
  });

  it('has every operation of apps', () => {
    expect(Object.keys(reference).length).toBeGreaterThan(20);
    expect(Object.keys(reference).filter((name) => ours[inOurs(name)] === undefined)).toEqual([]);
  });

  it('takes every parameter and every field of a body, and demands no more', () => {
    const faults = Object.entries(reference).flatMap(([name, theirs]) => {
      const own = ours[inOurs(name)];
      if (own === undefined) return [];
      return unlessMeant(name, [
        ...theirs.parameters
          .filter((field) => !own.parameters.includes(field))
          .map((field) => `${field} is not taken`),
        ...bodyFaults(own, theirs),
      ]);
    });
    expect(faults).toEqual([]);
  });

  it('answers with the same status and types, and with every field that clients read', () => {
    const faults = Object.entries(reference).flatMap(([name, theirs]) => {
      const own = ours[inOurs(name)];
      if (own === undefined) return [];
      const { status, types, shape } = own.success;
      return unlessMeant(name, [
        ...(status === theirs.success.status ? [] : [`answers ${status}, not ${theirs.success.status}`]),
        ...theirs.success.types
          .filter((type) => !types.includes(type))
          .map((type) => `does not answer ${type}`),
        ...(theirs.success.shape === undefined
          ? []
          : missingFrom(shape ?? { kind: 'null' }, theirs.success.shape)),
      ]);
    });
    expect(faults).toEqual([]);
  });

  it('gives a reason for every difference that there still is', () => {
    expect(Object.values(differences).every((why) => why.length > 10)).toBe(true);
  });
});

function inOurs(name: string): string {
  return name.replace(' ', ' /v1');
}

function bodyFaults(own: OperationFacts, theirs: OperationFacts): string[] {
  if (theirs.body === undefined) return [];
  const { body } = own;
  if (body === undefined) return ['takes no body'];
  return [
    ...(body.type === theirs.body.type ? [] : [`takes ${body.type}, not ${theirs.body.type}`]),
    ...theirs.body.fields
      .filter((field) => !body.fields.includes(field))
      .map((field) => `body ${field} is not taken`),
    ...body.required
      .filter((field) => !theirs.body?.required.includes(field))
      .map((field) => `body ${field} is demanded`),
  ];
}

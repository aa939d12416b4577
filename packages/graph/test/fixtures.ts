import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../shared/fixtures/dsl/', import.meta.url));

/** Whether the folder with app files of other people is beside the repository. */
export const hasFixtures: boolean = existsSync(folder);

/** Names of the app files of other people; empty where the folder is absent. */
export const fixtureNames: string[] = hasFixtures
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .sort()
  : [];

/** The text of an app file of other people. */
export function readFixture(name: string): string {
  return readFileSync(`${folder}${name}`, 'utf8');
}

/** The version of app files that this product writes. */
export const appFileVersion = '0.6.0';

/** The version of knowledge pipeline files that this product writes. */
export const pipelineFileVersion = '0.1.0';

/** How the import of a file ends, or that a person must confirm it first. */
export type ImportStatus = 'completed' | 'completed-with-warnings' | 'pending' | 'failed';

/** A version taken apart; `prerelease` is empty for a release. */
export interface Version {
  numbers: [major: number, minor: number, patch: number];
  prerelease: string[];
}

const versionPattern =
  /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-.]?([a-zA-Z][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Takes a version apart, or gives null when the text is none. Missing parts count as 0. */
export function parseVersion(text: string): Version | null {
  const match = versionPattern.exec(text.trim());
  if (!match) return null;
  return {
    numbers: [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)],
    prerelease: match[4] === undefined ? [] : match[4].split('.'),
  };
}

/** Negative when `left` is the older version, positive when it is the newer one (https://semver.org, 11). */
export function compareVersions(left: Version, right: Version): number {
  for (const index of [0, 1, 2] as const) {
    const difference = left.numbers[index] - right.numbers[index];
    if (difference !== 0) return difference;
  }
  if (left.prerelease.length === 0 || right.prerelease.length === 0) {
    return right.prerelease.length - left.prerelease.length;
  }
  return comparePrerelease(left.prerelease, right.prerelease);
}

function comparePrerelease(left: string[], right: string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [mine, other] = [left[index], right[index]];
    if (mine === undefined) return -1;
    if (other === undefined) return 1;
    if (mine === other) continue;
    const areNumbers = [mine, other].map((part) => /^\d+$/.test(part));
    if (areNumbers[0] && areNumbers[1]) return Number(mine) - Number(other);
    if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
    return mine < other ? -1 : 1;
  }
  return 0;
}

/**
 * What the version of a file means for its import: newer files and files of an older major version wait for a
 * person, files of an older minor version are imported with a warning. Null when a text is not a version.
 */
export function importStatusOf(
  fileVersion: string,
  currentVersion: string = appFileVersion,
): Exclude<ImportStatus, 'failed'> | null {
  const file = parseVersion(fileVersion);
  const current = parseVersion(currentVersion);
  if (!file || !current) return null;
  if (compareVersions(file, current) > 0) return 'pending';
  if (file.numbers[0] < current.numbers[0]) return 'pending';
  return file.numbers[1] < current.numbers[1] ? 'completed-with-warnings' : 'completed';
}

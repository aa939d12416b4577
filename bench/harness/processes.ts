import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds in one tick of proc(5); USER_HZ is 100 on every Linux that Node supports. */
const secondsPerTick = 1 / 100;

/** What a group of processes uses. */
export interface ProcessUse {
  readonly processes: number;
  /** Pages shared between processes are counted in each. */
  readonly rssMb: number;
  /** Shared pages are divided among those who share them: the sums add up. */
  readonly pssMb: number;
  /** User and system time since the start, with that of children already ended. */
  readonly cpuSeconds: number;
}

/** A process and everything below it, and the processes named besides with theirs. Linux only. */
export function processTree(pid: number, besides: readonly number[] = []): ReadonlySet<number> {
  const parents = new Map(allProcesses().map((id) => [id, Number(statOf(id)[1] ?? 0)]));
  const group = new Set([pid, ...besides]);
  for (let size = 0; size !== group.size; ) {
    size = group.size;
    for (const [id, parent] of parents) if (group.has(parent)) group.add(id);
  }
  return group;
}

/** What a process tree uses; a database that left the tree is named besides. Linux only. */
export function processUse(pid: number, besides: readonly number[] = []): ProcessUse {
  const group = processTree(pid, besides);
  const uses = [...group].map(useOf);
  const sum = (pick: (use: ReturnType<typeof useOf>) => number): number =>
    uses.reduce((total, use) => total + pick(use), 0);
  return {
    processes: group.size,
    rssMb: sum(({ rssKb }) => rssKb) / 1024,
    pssMb: sum(({ pssKb }) => pssKb) / 1024,
    cpuSeconds: sum(({ ticks }) => ticks) * secondsPerTick,
  };
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Fields of `stat` from the third on (after the name, which may hold anything). */
function statOf(pid: number): readonly string[] {
  const line = read(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

function useOf(pid: number): { readonly rssKb: number; readonly pssKb: number; readonly ticks: number } {
  const memory = read(`/proc/${pid}/smaps_rollup`);
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  const ticks = statOf(pid)
    .slice(11, 15)
    .reduce((total, text) => total + Number(text), 0);
  return { rssKb: kilobytes('Rss'), pssKb: kilobytes('Pss'), ticks };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

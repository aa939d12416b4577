import {
  judgedSystemCalls,
  networkSystemCalls,
  ordinarySystemCalls,
  type SystemCallTable,
} from './system-calls.ts';

/** A processor architecture that a filter can be written for (Node's `process.arch`). */
export type SeccompArchitecture = 'x64' | 'arm64';

// Classic BPF opcodes (linux/bpf_common.h) and seccomp return values (linux/seccomp.h).
const loadWord = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfSet = 0x45;
const andConstant = 0x54;
const returnConstant = 0x06;
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const failWith = (errno: number) => (0x00050000 | errno) >>> 0;

const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 };
const auditArchitecture = { x64: 0xc000003e, arm64: 0xc00000b7 };
const x32Bit = 0x40000000;
const cloneThread = 0x00010000;
const mapSharedAnonymous = 0x01 | 0x20;
const addressFamilies = { inet: 2, inet6: 10 };
const terminalInjection = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX

// Offsets in struct seccomp_data; of 64-bit arguments the low half, both architectures being little-endian.
const offsetOfNumber = 0;
const offsetOfArchitecture = 4;
const offsetOfArgument = (index: number) => 16 + 8 * index;

/**
 * Writes the seccomp filter of the sandbox as classic BPF, in the form that `bwrap --seccomp` reads.
 *
 * It is a list of what is allowed; everything else answers ENOSYS. New processes, shared anonymous memory
 * (which no resource limit counts) and sockets are refused; with network, sockets of IPv4 and IPv6 are
 * allowed. Threads may be made, processes may not, so that memory limits per process are limits per run.
 */
export function writeSeccompFilter(options: {
  readonly architecture: SeccompArchitecture;
  readonly network: boolean;
}): Uint8Array {
  const { architecture, network } = options;
  const program = new FilterProgram();
  const numbers = (table: SystemCallTable) =>
    Object.values(table)
      .map((row) => row[architecture === 'x64' ? 0 : 1])
      .filter((number) => number !== null);
  const judged = (name: keyof typeof judgedSystemCalls) =>
    judgedSystemCalls[name][architecture === 'x64' ? 0 : 1] ?? -1;

  program.load(offsetOfArchitecture);
  program.unlessEqual(auditArchitecture[architecture], [[returnConstant, killProcess]]);
  program.load(offsetOfNumber);
  if (architecture === 'x64') program.ifAtLeast(x32Bit, [[returnConstant, failWith(errno.ENOSYS)]]);
  for (const number of [...numbers(ordinarySystemCalls), ...(network ? numbers(networkSystemCalls) : [])]) {
    program.ifEqual(number, [[returnConstant, allow]]);
  }
  // Refused by name, so that a program is told "not permitted" and not "no such call".
  for (const name of ['fork', 'vfork'] as const) {
    if (judged(name) >= 0) program.ifEqual(judged(name), [[returnConstant, failWith(errno.EPERM)]]);
  }
  program.ifEqual(judged('clone'), [
    [loadWord, offsetOfArgument(0)],
    [jumpIfSet, cloneThread, 0, 1],
    [returnConstant, allow],
    [returnConstant, failWith(errno.EPERM)],
  ]);
  program.ifEqual(judged('mmap'), [
    [loadWord, offsetOfArgument(3)],
    [andConstant, mapSharedAnonymous],
    [jumpIfEqual, mapSharedAnonymous, 0, 1],
    [returnConstant, failWith(errno.EPERM)],
    [returnConstant, allow],
  ]);
  program.ifEqual(judged('ioctl'), [
    [loadWord, offsetOfArgument(1)],
    [jumpIfEqual, terminalInjection[0] ?? 0, 1, 0],
    [jumpIfEqual, terminalInjection[1] ?? 0, 0, 1],
    [returnConstant, failWith(errno.EPERM)],
    [returnConstant, allow],
  ]);
  program.ifEqual(
    judged('socket'),
    network
      ? [
          [loadWord, offsetOfArgument(0)],
          [jumpIfEqual, addressFamilies.inet, 1, 0],
          [jumpIfEqual, addressFamilies.inet6, 0, 1],
          [returnConstant, allow],
          [returnConstant, failWith(errno.EAFNOSUPPORT)],
        ]
      : [[returnConstant, failWith(errno.EPERM)]],
  );
  program.add([returnConstant, failWith(errno.ENOSYS)]);
  return program.bytes();
}

/** Opcode, constant, and how many instructions to skip when a test holds and when it does not. */
type Instruction = readonly [code: number, constant: number, whenTrue?: number, whenFalse?: number];

class FilterProgram {
  readonly #instructions: Instruction[] = [];

  add(instruction: Instruction): void {
    this.#instructions.push(instruction);
  }

  load(offset: number): void {
    this.add([loadWord, offset]);
  }

  /** `block` must end in a return: what follows it runs for other values only. */
  ifEqual(value: number, block: readonly Instruction[]): void {
    this.#instructions.push([jumpIfEqual, value, 0, block.length], ...block);
  }

  unlessEqual(value: number, block: readonly Instruction[]): void {
    this.#instructions.push([jumpIfEqual, value, block.length, 0], ...block);
  }

  ifAtLeast(value: number, block: readonly Instruction[]): void {
    this.#instructions.push([jumpIfAtLeast, value, 0, block.length], ...block);
  }

  bytes(): Uint8Array {
    const view = new DataView(new ArrayBuffer(8 * this.#instructions.length));
    this.#instructions.forEach(([code, constant, whenTrue = 0, whenFalse = 0], index) => {
      view.setUint16(8 * index, code, true);
      view.setUint8(8 * index + 2, whenTrue);
      view.setUint8(8 * index + 3, whenFalse);
      view.setUint32(8 * index + 4, constant >>> 0, true);
    });
    return new Uint8Array(view.buffer);
  }
}

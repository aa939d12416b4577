const mebibyte = 1024 * 1024;

/** What one execution of user code may use. */
export interface ExecutionLimits {
  /** Wall-clock time of one execution, in milliseconds. */
  readonly timeoutMs: number;
  /** Memory of the interpreter, in bytes. */
  readonly memoryBytes: number;
  /** Largest file and largest temporary folder the code may write, in bytes (where it has one). */
  readonly fileBytes: number;
  /** Threads of the interpreter; new processes are never allowed. */
  readonly threads: number;
  /** Printed text that is kept, in bytes; what follows is dropped. */
  readonly stdoutBytes: number;
  /** Largest result as JSON, in bytes. */
  readonly resultBytes: number;
}

/** Defaults of {@link ExecutionLimits}; the time is the reference sandbox's worker time-out. */
export const defaultExecutionLimits: ExecutionLimits = {
  timeoutMs: 15_000,
  memoryBytes: 512 * mebibyte,
  fileBytes: 32 * mebibyte,
  threads: 32,
  stdoutBytes: mebibyte,
  resultBytes: 16 * mebibyte,
};

/** What the outputs of a code node may be (`CODE_MAX_*` of the environment). */
export interface OutputLimits {
  readonly maxNumber: bigint;
  readonly minNumber: bigint;
  /** Decimals after the point. */
  readonly maxPrecision: number;
  /** Nesting of objects. */
  readonly maxDepth: number;
  /** Characters of one string. */
  readonly maxStringLength: number;
  readonly maxStringArrayLength: number;
  readonly maxObjectArrayLength: number;
  readonly maxNumberArrayLength: number;
}

/** Defaults of {@link OutputLimits}. */
export const defaultOutputLimits: OutputLimits = {
  maxNumber: 9_223_372_036_854_775_807n,
  minNumber: -9_223_372_036_854_775_808n,
  maxPrecision: 20,
  maxDepth: 5,
  maxStringLength: 400_000,
  maxStringArrayLength: 30,
  maxObjectArrayLength: 30,
  maxNumberArrayLength: 1000,
};

/** What one rendering of a template may use. */
export interface TemplateLimits {
  /** Wall-clock time, in milliseconds. */
  readonly timeoutMs: number;
  /** Steps: one per evaluated expression, statement and loop round, and one per 64 characters produced. */
  readonly fuel: number;
  /** Characters of the rendered text (`TEMPLATE_TRANSFORM_MAX_LENGTH`). */
  readonly maxOutputLength: number;
}

/** Defaults of {@link TemplateLimits}. */
export const defaultTemplateLimits: TemplateLimits = {
  timeoutMs: 10_000,
  fuel: 20_000_000,
  maxOutputLength: 400_000,
};

import { type CodePort, NodeError, parseJson, pythonJson, type TemplatePort } from '@trellis/engine';
import { isSandboxError, type Sandbox, type SandboxRun, type TemplateRenderer } from '@trellis/sandbox';

/** A sandbox that is tested and opened when the first code node runs. */
export class LazySandbox {
  readonly #create: () => Promise<Sandbox>;
  #sandbox: Promise<Sandbox> | undefined;

  constructor(create: () => Promise<Sandbox>) {
    this.#create = create;
  }

  /** The sandbox. */
  get(): Promise<Sandbox> {
    this.#sandbox ??= this.#create();
    return this.#sandbox;
  }

  /** Ends it, if it was ever opened. */
  async close(): Promise<void> {
    await (await this.#sandbox)?.close();
  }
}

/** Code nodes of one run: they share interpreters, which end with the run. */
export function createCodePort(
  runId: string,
  sandbox: LazySandbox,
): { code: CodePort; close: () => Promise<void> } {
  let opened: Promise<SandboxRun> | undefined;
  return {
    code: {
      async run({ language, code, inputs, signal }) {
        opened ??= sandbox.get().then((made) => made.openRun({ runId }));
        try {
          const { outputsJson } = await (await opened).run({
            language,
            code,
            inputs: pythonJson(inputs),
            signal,
          });
          return { outputs: parseJson(outputsJson) };
        } catch (error) {
          if (isSandboxError(error)) throw new NodeError(error.errorType, error.message, { cause: error });
          throw error;
        }
      },
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

/** Templates, rendered apart. */
export function createTemplatePort(renderer: TemplateRenderer, maxOutputLength: number): TemplatePort {
  return {
    maxOutputLength,
    async render({ template, variables, signal }) {
      try {
        return await renderer.render({ template, variables: pythonJson(variables), signal });
      } catch (error) {
        if (isSandboxError(error)) throw new NodeError(error.errorType, error.message, { cause: error });
        throw error;
      }
    },
  };
}

import { z } from 'zod';
import { invalidParam } from '../../platform/errors.ts';
import { ExtensionError } from '../extensions/protocol.ts';
import type { ExtensionService } from '../extensions/service.ts';
import type { Turn } from './turn.ts';

const tool = z.object({
  enabled: z.boolean().catch(true),
  type: z.string().catch(''),
  variable: z.string(),
  config: z.object({ api_based_extension_id: z.string().catch('') }).catch({ api_based_extension_id: '' }),
});
type Tool = z.infer<typeof tool>;

/** Fills the variables of a prompt that come from extensions and not from the caller (spec: agents and tools §4.3). */
export class ExternalData {
  readonly #extensions: ExtensionService;

  constructor(extensions: ExtensionService) {
    this.#extensions = extensions;
  }

  /** The turn with what its tools answered among its inputs. All are asked at once, each with the caller's own inputs. */
  async fill(turn: Turn, signal: AbortSignal): Promise<Turn> {
    const tools = toolsOf(turn);
    if (tools.length === 0) return turn;
    const results = await Promise.all(tools.map((one) => this.#ask(turn, one, signal)));
    return { ...turn, inputs: { ...turn.inputs, ...Object.fromEntries(results) } };
  }

  async #ask(turn: Turn, { type, variable, config }: Tool, signal: AbortSignal): Promise<[string, string]> {
    const fail = (reason: string) =>
      invalidParam(`[External data tool] API query failed, variable: ${variable}, error: ${reason}`);
    if (type !== 'api') throw fail(`there is no tool of the type ${type}`);
    const { inputs, query } = turn;
    try {
      const answer = await this.#extensions.call(turn.scope, config.api_based_extension_id, {
        point: 'app.external_data_tool.query',
        params: { app_id: turn.app.id, tool_variable: variable, inputs, query },
        signal,
      });
      const result = (answer as { result?: unknown } | null)?.result;
      if (result === undefined || result === null) throw fail('result not found in response');
      if (typeof result !== 'string') throw fail('result is not string');
      return [variable, result];
    } catch (error) {
      throw error instanceof ExtensionError ? fail(error.message) : error;
    }
  }
}

/** The tools of the configuration's own list, and those that are fields of its form; of one variable the first. */
function toolsOf({ config }: Turn): Tool[] {
  const inForm = config.user_input_form.flatMap((item) => {
    const field = item['external_data_tool'];
    return field ? [field] : [];
  });
  const tools = new Map<string, Tool>();
  for (const stored of [...config.external_data_tools, ...inForm]) {
    const read = tool.safeParse(stored);
    if (read.success && read.data.enabled && !tools.has(read.data.variable)) {
      tools.set(read.data.variable, read.data);
    }
  }
  return [...tools.values()];
}

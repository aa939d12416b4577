import { emptyUsage, type Usage } from '@trellis/contracts';
import { addUsage, type EngineEvent, type RunRecord } from '@trellis/engine';

/** What is summed up over a run for its record: cost, sources, text shown. */
export class RunTotals {
  usage: Usage = emptyUsage;
  /** Text as a client has it now. */
  text = '';
  /** Whether the text is one that moderation put in the place of the run's own. */
  isModerated = false;
  /** Newest values of conversation variables that the run has changed, by name. */
  readonly conversation = new Map<string, unknown>();
  #resources: unknown[] = [];

  /** Counts a record of the log; failed attempts cost too. */
  account(record: RunRecord): void {
    if (record.type === 'node-finished' && record.outcome.usage !== undefined) {
      this.usage = addUsage(this.usage, record.outcome.usage);
    }
  }

  /** Takes an event into account. */
  take(event: EngineEvent): void {
    if (event.event === 'text_chunk') this.text += event.data.text;
    else if (event.event === 'text_replace') {
      this.text = event.data.text;
      this.isModerated ||= event.isFinal === true;
    } else if (event.event === 'retriever_resources') this.#resources.push(...event.data.resources);
    else if (event.event === 'variable_updated' && event.data.selector[0] === 'conversation') {
      this.conversation.set(event.data.selector[1] ?? '', event.data.value);
    }
  }

  /** Takes over what an earlier stretch of the run had summed up. */
  adopt(earlier: RunTotals): void {
    this.usage = earlier.usage;
    this.text = earlier.text;
    this.isModerated = earlier.isModerated;
    this.#resources = [...earlier.#resources];
    for (const [name, value] of earlier.conversation) this.conversation.set(name, value);
  }

  /** Sources of the answer, one per document, numbered from 1. */
  resources(): unknown[] {
    const seen = new Set<string>();
    return this.#resources
      .filter((resource) => {
        const { dataset_id, document_id } = resource as { dataset_id?: unknown; document_id?: unknown };
        const key = `${String(dataset_id)} ${String(document_id)}`;
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      })
      .map((resource, index) => ({ ...(resource as object), position: index + 1 }));
  }
}

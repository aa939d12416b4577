import type { AppEvent } from '@trellis/contracts';
import type { Logger } from 'pino';
import { OutputGuard } from '../moderation/output-guard.ts';
import type { ModerationPolicies, ModerationPolicy } from '../moderation/policy.ts';
import type { Draft } from './chat-runner.ts';
import type { Turn } from './turn.ts';

/** Pause between the characters of a preset answer, so that it reads like any other. */
const presetPaceMs = 10;

/** A turn to be moderated, and what runs it. */
export interface ModeratedTurn {
  turn: Turn;
  draft: Draft;
  /** Runs the turn, or the one whose words moderation has replaced. */
  run: (turn: Turn, signal: AbortSignal) => AsyncGenerator<AppEvent, void, undefined>;
  signal: AbortSignal;
}

/** Puts the content moderation of an app around its turns. */
export class Moderator {
  readonly #o: { policies: ModerationPolicies; failClosed: boolean; log: Logger };

  constructor(options: { policies: ModerationPolicies; failClosed: boolean; log: Logger }) {
    this.#o = options;
  }

  /**
   * The turn's events with moderation on both sides. A hit on the input answers with the preset and runs nothing; a
   * hit on the output replaces what was streamed and ends the run. An extension may also replace words and let it go on.
   */
  around(input: ModeratedTurn): AsyncGenerator<AppEvent, void, undefined> {
    const { turn, run, signal } = input;
    const policy = this.#o.policies.of({
      scope: turn.scope,
      appId: turn.app.id,
      settings: turn.config.sensitive_word_avoidance,
    });
    // The usual case: nothing stands between the run and those who follow it.
    return policy ? this.#moderated(input, policy) : run(turn, signal);
  }

  async *#moderated(
    input: ModeratedTurn,
    policy: ModerationPolicy,
  ): AsyncGenerator<AppEvent, void, undefined> {
    const { turn, draft, run, signal } = input;
    const verdict = await policy.checkInput(turn, signal);
    if (verdict.kind === 'answer') {
      yield* presetAnswer(draft, verdict.text, { signal, paceMs: presetPaceMs });
      return;
    }
    const moderated =
      verdict.kind === 'replace' ? { ...turn, inputs: verdict.inputs, query: verdict.query } : turn;
    if (policy.checkOutput === null) yield* run(moderated, signal);
    else yield* this.#watchOutput({ ...input, turn: moderated }, policy);
  }

  async *#watchOutput(
    { turn, draft, run, signal }: ModeratedTurn,
    policy: ModerationPolicy,
  ): AsyncGenerator<AppEvent, void, undefined> {
    const guard = new OutputGuard({ policy, signal, ...this.#o });
    const hit = new AbortController();
    let ending: string | null = null;
    for await (const event of run(turn, AbortSignal.any([signal, hit.signal]))) {
      // After a hit the run is only waited for: it ends at once and accounts for what it used.
      if (ending !== null) continue;
      const verdict = event.event === 'message' ? await guard.look(draft.answer) : null;
      if (verdict === null) {
        yield event;
      } else if (verdict.ends) {
        ending = verdict.text;
        hit.abort();
        // Told, and thereby logged, before anything else is waited for.
        yield replacement(ending);
      } else {
        draft.answer = verdict.text;
        yield replacement(verdict.text);
      }
    }
    if (ending === null) {
      const verdict = await guard.finish(draft.answer);
      if (verdict === null) return;
      ending = verdict.text;
      yield replacement(ending);
    }
    // What the run still had on its way when it was ended is not part of the answer.
    draft.answer = ending;
  }
}

/** The event that puts a moderated text in the place of what was streamed. */
export function replacement(answer: string): Extract<AppEvent, { event: 'message_replace' }> {
  return { event: 'message_replace', answer, reason: 'output_moderation' };
}

/** A text of the app's own as the answer: at once, or a character at a time. */
export async function* presetAnswer(
  draft: Draft,
  preset: string,
  pace?: { signal: AbortSignal; paceMs: number },
): AsyncGenerator<AppEvent, void, undefined> {
  for (const piece of pace ? preset : [preset]) {
    if (pace?.signal.aborted) return;
    draft.answer += piece;
    yield { event: 'message', answer: piece, from_variable_selector: null };
    if (pace) await new Promise((resolve) => setTimeout(resolve, pace.paceMs));
  }
}

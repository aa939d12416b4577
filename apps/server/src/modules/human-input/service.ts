import type { FormPort, FormState } from '@trellis/engine';
import type { HumanInputData } from '@trellis/graph';
import type { Logger } from 'pino';
import { makeScope, type WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { seconds } from '../../platform/time.ts';
import { type FormMailer, type FormRun, newFormToken } from './form-mailer.ts';
import type { HumanInputForm, HumanInputStore } from './store.ts';

const sweepEveryMs = 5_000;
const hourMs = 3_600_000;

/** Goes on with a paused run; nothing happens to runs that do not wait. */
export type ResumeRun = (runId: string) => Promise<void>;

/** Forms that runs wait for: made by nodes, answered by people, ended by time (spec: service API §9). */
export class HumanInputService {
  readonly #store: HumanInputStore;
  readonly #resume: ResumeRun;
  readonly #mailer: FormMailer;
  readonly #longestWaitMs: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: {
    store: HumanInputStore;
    mailer: FormMailer;
    resume: ResumeRun;
    /** No run waits longer for an answer. */
    longestWaitMs: number;
    log: Logger;
  }) {
    this.#store = options.store;
    this.#mailer = options.mailer;
    this.#resume = options.resume;
    this.#longestWaitMs = options.longestWaitMs;
    this.#log = options.log;
  }

  /** The way of a run's nodes to their forms. */
  portFor(run: FormRun): FormPort {
    return {
      open: async ({ nodeId, idempotencyKey, data, content, defaults, render }) => {
        const { mails, recipients } = await this.#mailer.prepare(run, data, render);
        const row = await this.#store.open(run.scope, {
          id: newId(),
          appId: run.app.id,
          runId: run.id,
          nodeId,
          idempotencyKey,
          token: isDeliveredByWeb(data) ? newFormToken() : null,
          content,
          inputs: data.inputs,
          actions: data.user_actions,
          defaults,
          mails,
          expiresAt: new Date(Date.now() + Math.min(waitMs(data), this.#longestWaitMs)),
          recipients,
        });
        // Also when the form was there before: a process may have died between writing it and sending its mails.
        if (row.status === 'waiting') await this.#mailer.queue(run.scope, row.id);
        if (row.status !== 'waiting') await this.#store.consume(row.id);
        return stateOf(row);
      },
    };
  }

  /**
   * A form that waits, by its token. `appId`: only that app's forms are found, and those delivered by web; `scope`: only
   * the workspace's.
   */
  async find(
    token: string,
    within: { appId?: string; scope?: WorkspaceScope } = {},
  ): Promise<HumanInputForm> {
    const form = await this.#store.byToken(token, { withMailed: within.appId === undefined });
    const isWithin =
      form &&
      form.appId === (within.appId ?? form.appId) &&
      form.workspaceId === (within.scope?.workspaceId ?? form.workspaceId);
    if (!isWithin) throw new ApiError('human_input_form_not_found');
    return assertWaiting(form);
  }

  /** A form that waits, for somebody of its workspace: by its id, because not every form hands out a link. */
  async findOfRun(scope: WorkspaceScope, runId: string, id: string): Promise<HumanInputForm> {
    const form = isUuid(id) ? await this.#store.find(scope, id) : null;
    return assertWaiting(form?.runId === runId ? form : null);
  }

  /** The forms that a run of the workspace waits for. */
  async waitingFor(scope: WorkspaceScope, runId: string): Promise<HumanInputForm[]> {
    return this.#store.waiting(scope, runId);
  }

  /** The right to what a form's page shows: whoever has the token was given it. */
  scopeOf(form: HumanInputForm): WorkspaceScope {
    return makeScope(form.workspaceId);
  }

  /** Answers a form; its run goes on in the background. */
  async submit(
    form: HumanInputForm,
    answer: { action: string; inputs: Record<string, unknown> },
  ): Promise<void> {
    if (!form.actions.some(({ id }) => id === answer.action)) {
      throw new ApiError('invalid_form_data', `Invalid action: ${answer.action}`);
    }
    const names = form.inputs.map((input) => input.output_variable_name);
    const missing = names.filter((name) => answer.inputs[name] === undefined);
    if (missing.length > 0) {
      throw new ApiError('invalid_form_data', `Missing required inputs: ${missing.join(', ')}`);
    }
    const submitted = Object.fromEntries(names.map((name) => [name, answer.inputs[name]]));
    if (!(await this.#store.submit(form.id, { actionId: answer.action, submitted }))) {
      throw new ApiError('human_input_form_submitted');
    }
    await this.#resume(form.runId);
  }

  /** A run has paused: an answer that came before that is taken up now. */
  async onPaused(runId: string): Promise<void> {
    if (await this.#store.hasNews(runId)) await this.#resume(runId);
  }

  /** Begins to end forms whose time is over. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweep().catch((error) =>
        this.#log.error({ err: error }, 'looking for forms whose time is over failed'),
      );
    }, sweepEveryMs);
  }

  /** Stops {@link start}. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    for (const runId of await this.#store.expire(new Date())) await this.#resume(runId);
  }
}

/** A form as people get it. */
export function toForm(form: HumanInputForm) {
  return {
    form_content: form.content,
    inputs: form.inputs,
    resolved_default_values: form.defaults,
    user_actions: form.actions,
    expiration_time: seconds(form.expiresAt),
  };
}

function assertWaiting(form: HumanInputForm | null): HumanInputForm {
  if (!form) throw new ApiError('human_input_form_not_found');
  if (form.status === 'submitted') throw new ApiError('human_input_form_submitted');
  if (form.status === 'expired' || form.expiresAt < new Date()) {
    throw new ApiError('human_input_form_expired');
  }
  return form;
}

function stateOf(row: HumanInputForm): FormState {
  const expirationTime = seconds(row.expiresAt);
  if (row.status === 'submitted') {
    return { status: 'submitted', actionId: row.actionId ?? '', values: row.submitted ?? {} };
  }
  if (row.status === 'expired') return { status: 'expired', expirationTime };
  const form = { formId: row.id, formToken: row.token, displayInUi: row.token !== null, expirationTime };
  return { status: 'waiting', form };
}

function isDeliveredByWeb(data: HumanInputData): boolean {
  return data.delivery_methods.some(({ type, enabled }) => type === 'webapp' && enabled);
}

function waitMs(data: HumanInputData): number {
  const units = { hour: hourMs, day: 24 * hourMs };
  return data.timeout * units[data.timeout_unit];
}

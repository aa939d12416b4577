import { join } from 'node:path';
import type { EnginePorts, RunLimits } from '@trellis/engine';
import type { DocumentExtractor } from '@trellis/knowledge';
import type { Catalogue } from '@trellis/models';
import { createSandbox, type TemplateRenderer } from '@trellis/sandbox';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Bus } from '../../platform/bus/bus.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import type { DataFolder } from '../../platform/data-folder.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Jobs } from '../../platform/jobs/job.ts';
import { createHttpPort } from '../../platform/outbound/http-port.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';
import { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';
import { RunRegistry } from '../../platform/runs/run-registry.ts';
import type { Observer } from '../../platform/telemetry/observer.ts';
import type { Database } from '../../schema/database.ts';
import type { MailOutbox } from '../accounts/mail-outbox.ts';
import type { ConversationNamer } from '../conversations/namer.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { FileService } from '../files/file-service.ts';
import type { FileStoreTable } from '../files/store.ts';
import { FormMailer } from '../human-input/form-mailer.ts';
import { HumanInputService } from '../human-input/service.ts';
import { HumanInputStore } from '../human-input/store.ts';
import type { ModelService } from '../models/service.ts';
import type { ModerationPolicies } from '../moderation/policy.ts';
import { TriggerRegistry } from '../triggers/registry.ts';
import { TriggerStore } from '../triggers/store.ts';
import { WebhookAddresses } from '../triggers/webhook-addresses.ts';
import type { TurnFileChecker } from '../turns/files.ts';
import type { HistoryStore } from '../turns/history-store.ts';
import type { TurnService } from '../turns/turn-service.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import { CallbackSecrets } from './callbacks/callback-secrets.ts';
import { CallbackStore } from './callbacks/callback-store.ts';
import { RunCallbacks } from './callbacks/run-callbacks.ts';
import { CallbackSecretStore } from './callbacks/secret-store.ts';
import { ConversationVariableStore } from './conversation-variable-store.ts';
import { DebugRecorder } from './debug-recorder.ts';
import { Definitions } from './definition.ts';
import { availabilityOf, DraftChecker } from './draft-checker.ts';
import { DraftVariableStore } from './draft-variable-store.ts';
import { EnvironmentSecrets } from './environment-secrets.ts';
import { RunFollower } from './follow-run.ts';
import { RunOpener } from './open-run.ts';
import { createCodePort, createTemplatePort, LazySandbox } from './ports/code-port.ts';
import { createDocumentPort } from './ports/document-port.ts';
import { EnginePortFactory } from './ports/engine-ports.ts';
import { FileContents } from './ports/file-contents.ts';
import { createFilePort } from './ports/file-port.ts';
import { createMemoryPort } from './ports/memory-port.ts';
import { createModelPort } from './ports/model-port.ts';
import { PromptViews } from './prompt-view.ts';
import { RunRepeater } from './repeat-run.ts';
import type { RunMessage, RunOutcome, WorkflowRun } from './run.ts';
import { RunDesk } from './run-desk.ts';
import { RunHistory } from './run-history.ts';
import { RunInputs } from './run-inputs.ts';
import { RunService } from './run-service.ts';
import { RunStore } from './run-store.ts';
import { RunWriter } from './run-writer.ts';
import type { DisplayLimits } from './shorten.ts';
import { SingleStepRunner } from './single-step.ts';
import { WorkflowStore } from './store.ts';
import { RunLoader, RunTakeOver } from './take-over.ts';
import { WorkflowService } from './workflow-service.ts';

/** What the parts of this module are built from. */
export interface WorkflowParts {
  environment: Environment;
  observer: Observer;
  /** Told about every run that has ended or pauses; must not throw. */
  onRunEnded?: (run: WorkflowRun, outcome: RunOutcome) => void;
  dataFolder: DataFolder;
  pool: Pool;
  db: Database;
  bus: Bus;
  jobs: Jobs;
  log: Logger;
  ownerId: string;
  /** Whether no other process can work on the database. */
  alone: boolean;
  vault: Vault;
  outbox: MailOutbox;
  workspaces: WorkspaceStore;
  outbound: OutboundClient;
  catalogue: Catalogue;
  models: ModelService;
  files: { table: FileStoreTable; service: FileService; checker: TurnFileChecker };
  conversations: ConversationStore;
  history: HistoryStore;
  namer: ConversationNamer;
  moderation: { policies: ModerationPolicies; failClosed: boolean };
  /** Writes down turns of chatflows that are answered without a run. */
  turns: TurnService;
  /** Renders Jinja templates off the main thread; prompts use it too. */
  renderer: TemplateRenderer;
  /** Reads the text of documents, out of the server's process. */
  documents: DocumentExtractor;
  /** Ports to be used instead of the real ones. */
  enginePorts?: Partial<EnginePorts>;
}

/** How long shutdown waits for runs before it leaves them to another process. */
const drainTimeoutMs = 10_000;

/** The parts of apps that are a graph, built once and handed down. */
export type Workflows = ReturnType<typeof composeWorkflows>;

/** Builds everything that drafts, versions and runs of graphs need. Nothing has begun to work yet. */
export function composeWorkflows(parts: WorkflowParts) {
  const { environment, pool, db, bus, log, ownerId, files } = parts;
  const limits: RunLimits = {
    maxSteps: environment.workflow.maxSteps,
    maxTimeMs: environment.workflow.maxTimeMs,
  };
  const display: DisplayLimits = {
    maxBytes: environment.workflow.displayMaxBytes,
    stringLength: environment.workflow.displayStringLength,
    arrayLength: environment.workflow.displayArrayLength,
  };
  const store = new WorkflowStore(db);
  const secrets = new EnvironmentSecrets(parts.vault);
  const draftVariables = new DraftVariableStore(db);
  const definitions = new Definitions({ store, secrets });
  const triggerStore = new TriggerStore(db);
  const triggers = {
    store: triggerStore,
    registry: new TriggerRegistry({ store: triggerStore, bus }),
    addresses: new WebhookAddresses(triggerStore),
  };
  const service = new WorkflowService({
    store,
    secrets,
    draftVariables,
    bus,
    triggers: triggers.registry,
    limits: environment.workflow,
  });
  const variables = new ConversationVariableStore(db);
  const runStore = new RunStore(pool);
  const runLog = new OwnedRunLog({ pool, ownerId });
  const callbackSecrets = new CallbackSecrets({ store: new CallbackSecretStore(db), vault: parts.vault });
  const callbacks = new RunCallbacks({
    store: new CallbackStore(pool),
    runStore,
    secrets: callbackSecrets,
    jobs: parts.jobs,
    outbound: parts.outbound,
    log,
  });
  const writer = new RunWriter({ pool, ownerId });
  const registry = new RunRegistry<RunMessage>(bus);
  const formStore = new HumanInputStore(db);
  const formMailer = new FormMailer({
    store: formStore,
    workspaces: parts.workspaces,
    jobs: parts.jobs,
    outbox: parts.outbox,
    webUrl: webAddress(environment),
    log,
  });
  const forms = new HumanInputService({
    store: formStore,
    mailer: formMailer,
    longestWaitMs: environment.forms.longestWaitMs,
    log,
    resume: async (runId) => {
      await runs.resume(runId, (stored) => loader.load(stored));
    },
  });
  const outside = createOutside(parts, forms);
  const ports = new EnginePortFactory(outside.makers);
  const debugRecorder = new DebugRecorder({ variables: draftVariables, runLog, limits, log });
  const runs = new RunService({
    observer: parts.observer,
    registry,
    writer,
    runLog,
    store: runStore,
    variables,
    ports,
    models: parts.models,
    moderation: parts.moderation,
    log,
    ownerId,
    limits,
    maxParallelNodes: environment.workflow.concurrency,
    runTimeoutMs: environment.server.runTimeoutMs,
    activeRequests: {
      perApp: environment.server.activeRequestsPerApp,
      max: environment.server.maxActiveRequestsPerApp,
      acrossProcesses: !parts.alone,
    },
    onEnded: (run, outcome) => {
      parts.onRunEnded?.(run, outcome);
      if (run.callbackUrl !== null) callbacks.onOwed();
      debugRecorder.record(run);
      if (outcome.status === 'paused') {
        forms
          .onPaused(run.id)
          .catch((error) => log.error({ err: error, run_id: run.id }, 'a paused run cannot go on'));
      }
      if (run.turn === null || outcome.status === 'paused') return;
      const status = outcome.status === 'partial-succeeded' ? 'succeeded' : outcome.status;
      parts.namer.nameInBackground(
        { ...run.turn, scope: run.scope, app: run.app, runId: run.id },
        { status },
      );
    },
  });
  const inputs = new RunInputs({
    checker: files.checker,
    table: files.table,
    fileUrl: (id) => files.service.url(id),
  });
  const opener = new RunOpener({
    store,
    definitions,
    inputs,
    conversations: parts.conversations,
    variables,
    moderation: parts.moderation.policies,
  });
  const repeater = new RunRepeater({
    runStore,
    runLog,
    inputs,
    conversations: parts.conversations,
    moderation: parts.moderation.policies,
    limits,
  });
  const loader = new RunLoader({ store: runStore, definitions });
  const follower = new RunFollower({ runs, runLog, store: runStore, limits });
  const takeOver = new RunTakeOver({ store: runStore, loader, runs, ownerId, log });
  const checker = new DraftChecker({
    limits: environment.workflow,
    isAvailable: availabilityOf(parts.catalogue),
  });

  return {
    store,
    secrets,
    definitions,
    service,
    draftVariables,
    variables,
    runStore,
    runLog,
    writer,
    registry,
    runs,
    opener,
    inputs,
    follower,
    checker,
    triggers,
    ports,
    limits,
    display,
    promptViews: new PromptViews(definitions),
    loader,
    takeOver,
    forms,
    formMailer,
    callbackSecrets,
    history: new RunHistory({ runStore, store, runLog, loader, limits, display }),
    steps: new SingleStepRunner({ definitions, variables: draftVariables, inputs, ports, limits }),
    desk: new RunDesk({
      opener,
      repeater,
      callbacks,
      runs,
      follower,
      store: runStore,
      loader,
      turns: parts.turns,
    }),
    /** Which backend runs code here, and why; opens the sandbox when nothing has yet. */
    sandboxStatus: async () => (await outside.sandbox.get()).status(),
    /** Begins to take over what dead processes left, where that is this process's work, and own runs that broke off. */
    start({ works }: { works: boolean }): void {
      takeOver.start({ others: works });
      if (works) forms.start();
      callbacks.start();
    },
    /** Lets short runs end, leaves the others to another process, and ends all that was begun. */
    async stop(): Promise<void> {
      await Promise.all([takeOver.stop(), forms.stop()]);
      follower.close();
      const left = await registry.drain(drainTimeoutMs);
      if (left > 0) log.info({ count: left }, 'runs are left to another process');
      registry.stopAll('lease-lost');
      await registry.drain(1_000);
      await Promise.all([writer.settled(), runLog.settled(), debugRecorder.settled()]);
      await callbacks.stop();
      registry.close();
      await outside.close();
    },
  };
}

/** Where pages for visitors are, for links in mails: nothing there has an address of a request to go by. */
function webAddress({ addresses, server }: Environment): string {
  return addresses.appWeb || addresses.consoleWeb || `http://localhost:${server.port}`;
}

/** The checkout: nothing of it is for sandboxed code to see. */
const projectRoot = join(import.meta.dirname, '../../../../..');

/** What nodes reach the outside through. Interpreters and threads start when a node first needs them. */
function createOutside(parts: WorkflowParts, forms: HumanInputService) {
  const { environment, outbound, models, files } = parts;
  const { sandbox: settings, httpNode } = environment;
  const sandbox = new LazySandbox(() =>
    createSandbox({
      ...(settings.endpoint === ''
        ? {}
        : {
            http: {
              endpoint: settings.endpoint,
              apiKey: settings.apiKey ?? '',
              verifyTls: settings.verifyTls,
              connectTimeoutMs: settings.connectTimeoutMs,
              readTimeoutMs: settings.readTimeoutMs,
              maxConnections: settings.maxConnections,
            },
          }),
      ...(settings.pythonPath === undefined ? {} : { pythonPath: settings.pythonPath }),
      allowNetwork: settings.network,
      hiddenPaths: [projectRoot, parts.dataFolder.path],
      cacheFolder: parts.dataFolder.cache,
    }),
  );
  const templates = createTemplatePort(parts.renderer, settings.maxTemplateLength);
  const http = createHttpPort(outbound, {
    limits: { maxTextBytes: httpNode.maxTextBytes, maxBinaryBytes: httpNode.maxBinaryBytes },
    maxConnectMs: httpNode.maxConnectTimeoutMs,
    maxReadMs: httpNode.maxReadTimeoutMs,
    maxWriteMs: httpNode.maxWriteTimeoutMs,
    verifyTls: httpNode.verifyTls,
  });
  const codeLimits = {
    maxNumber: Number(settings.maxNumber),
    minNumber: Number(settings.minNumber),
    maxStringLength: settings.maxStringLength,
    maxDepth: settings.maxDepth,
    maxPrecision: settings.maxPrecision,
    maxStrings: settings.maxStringArrayLength,
    maxObjects: settings.maxObjectArrayLength,
    maxNumbers: settings.maxNumberArrayLength,
  };
  return {
    sandbox,
    makers: [
      () => ({ templates, http }),
      (run) => {
        const { code, close } = createCodePort(run.id, sandbox);
        return { code: { ...code, limits: codeLimits }, close };
      },
      (run) => {
        const contents = new FileContents(run, { table: files.table, files: files.service, outbound });
        const filePort = createFilePort(run, { contents, files: files.service });
        const memory = createMemoryPort(run, { history: parts.history, models });
        return {
          files: filePort,
          documents: createDocumentPort(contents, parts.documents),
          models: createModelPort(run, {
            models,
            files: filePort,
            format: environment.uploads.multimodalFormat,
          }),
          ...(memory ? { memory } : {}),
        };
      },
      (run) => ({ forms: forms.portFor(run) }),
      () => ({ ...parts.enginePorts }),
    ] satisfies ConstructorParameters<typeof EnginePortFactory>[0],
    async close() {
      await sandbox.close();
    },
  };
}

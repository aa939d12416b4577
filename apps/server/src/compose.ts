import { join } from 'node:path';
import type { AppEvent } from '@trellis/contracts';
import type { EnginePorts } from '@trellis/engine';
import { createLocalTransport } from '@trellis/fake-provider';
import { createModelRuntime, loadCatalogue } from '@trellis/models';
import { createTemplateRenderer } from '@trellis/sandbox';
import pg from 'pg';
import type { Logger } from 'pino';
import { composeAccounts } from './compose-accounts.ts';
import { AppFileService } from './modules/app-files/app-file-service.ts';
import { PendingImportStore } from './modules/app-files/pending-store.ts';
import { AppAccessService } from './modules/apps/app-access.ts';
import { AppCards } from './modules/apps/app-card.ts';
import { AppService } from './modules/apps/app-service.ts';
import { AppDraftStore } from './modules/apps/draft-store.ts';
import { ApiKeyStore } from './modules/apps/key-store.ts';
import { AppAccessStore } from './modules/apps/public-store.ts';
import { AppStore } from './modules/apps/store.ts';
import { TagStore } from './modules/apps/tag-store.ts';
import { AudioService } from './modules/audio/service.ts';
import { MessageStore } from './modules/conversations/message-store.ts';
import { ConversationNamer } from './modules/conversations/namer.ts';
import { ConversationService } from './modules/conversations/service.ts';
import { ConversationStore } from './modules/conversations/store.ts';
import { SuggestionService } from './modules/conversations/suggestions.ts';
import { EndUserStore } from './modules/end-users/store.ts';
import { ExtensionService } from './modules/extensions/service.ts';
import { ApiExtensionStore } from './modules/extensions/store.ts';
import { FileParts } from './modules/files/file-parts.ts';
import { FileService } from './modules/files/file-service.ts';
import { FileStoreTable } from './modules/files/store.ts';
import { LogStore } from './modules/logs/store.ts';
import { Maintenance } from './modules/maintenance/maintenance.ts';
import { RemovedAppStore } from './modules/maintenance/removed-app-store.ts';
import { Retention } from './modules/maintenance/retention.ts';
import { RetentionStore } from './modules/maintenance/retention-store.ts';
import { CredentialVault } from './modules/models/credential-vault.ts';
import { createModelTransport } from './modules/models/model-transport.ts';
import { ProviderService } from './modules/models/provider-service.ts';
import { ModelService } from './modules/models/service.ts';
import { ModelStore } from './modules/models/store.ts';
import { ModerationPolicies } from './modules/moderation/policy.ts';
import { Callers } from './modules/service-api/caller.ts';
import { StatisticsStore } from './modules/statistics/store.ts';
import { composeTriggers } from './modules/triggers/compose.ts';
import { ChatRunner } from './modules/turns/chat-runner.ts';
import { ExternalData } from './modules/turns/external-data.ts';
import { TurnFileChecker } from './modules/turns/files.ts';
import { TurnFollower } from './modules/turns/follow-turn.ts';
import { HistoryStore } from './modules/turns/history-store.ts';
import { KeyedTurns } from './modules/turns/keyed-turns.ts';
import { Moderator } from './modules/turns/moderation.ts';
import { TurnOpener } from './modules/turns/open-turn.ts';
import { PromptBuilder } from './modules/turns/prompt-builder.ts';
import { mayStopRun } from './modules/turns/run-ownership.ts';
import { TurnTakeOver } from './modules/turns/take-over.ts';
import { TextLogger } from './modules/turns/text-logger.ts';
import { TurnDesk } from './modules/turns/turn-desk.ts';
import { TurnKeyStore } from './modules/turns/turn-key-store.ts';
import { TurnService } from './modules/turns/turn-service.ts';
import { TurnWriter } from './modules/turns/turn-writer.ts';
import { composeWorkflows } from './modules/workflows/compose.ts';
import { createLocalBus } from './platform/bus/bus.ts';
import { createPostgresBus } from './platform/bus/postgres-bus.ts';
import type { DataFolder } from './platform/data-folder.ts';
import { type Database as OpenDatabase, usesExternalDatabase } from './platform/database/open-database.ts';
import { openDocumentExtractor } from './platform/documents/document-extractor.ts';
import type { Environment } from './platform/environment.ts';
import { createFileStore } from './platform/files/create-file-store.ts';
import { storageSettings } from './platform/files/storage-settings.ts';
import { EventStreamWriter } from './platform/http/event-stream.ts';
import { newId } from './platform/ids.ts';
import { createJobs } from './platform/jobs/jobs.ts';
import type { Mailer } from './platform/mail/mailer.ts';
import { createOutboundClient } from './platform/outbound/outbound-client.ts';
import { outboundSettings } from './platform/outbound/outbound-settings.ts';
import { roleOf } from './platform/process-role.ts';
import { OwnerLease } from './platform/runs/owner-lease.ts';
import { dropEmptyPartitions, ensureRunLogPartitions } from './platform/runs/partitions.ts';
import { RunLog } from './platform/runs/run-log.ts';
import { RunRegistry } from './platform/runs/run-registry.ts';
import { createFileUrlSigner } from './platform/signing/file-url.ts';
import { Correlation } from './platform/telemetry/correlation.ts';
import { Metrics } from './platform/telemetry/metrics.ts';
import { Observer } from './platform/telemetry/observer.ts';
import { noTracing, type Tracing } from './platform/telemetry/tracing.ts';
import { uploadRules } from './platform/uploads/upload-settings.ts';
import { createDatabase } from './schema/database.ts';

/** What everything is built from. */
export interface ComposeOptions {
  environment: Environment;
  dataFolder: DataFolder;
  database: OpenDatabase;
  secretKey: string;
  version: string;
  log: Logger;
  /** Facts about the work under way; the same that the log was made with. */
  correlation?: Correlation | undefined;
  /** Where spans go (default: nowhere). */
  tracing?: Tracing | undefined;
  /** Sends mail instead of what the environment describes, for tests. */
  mailer?: Mailer | undefined;
  /** Ports of workflow nodes to be used instead of the real ones; tests give fakes. */
  enginePorts?: Partial<EnginePorts>;
}

/** The parts of a running server, built once and handed down. */
export type Services = Awaited<ReturnType<typeof compose>>;

/** Concurrent connections to one model provider: each streaming answer holds one. */
const modelConnectionsPerOrigin = 10_000;

/** Builds every part. Nothing here has begun to work yet: see `lifecycle.ts`. */
export async function compose(options: ComposeOptions) {
  const { environment, secretKey, version, log } = options;
  const { pool } = options.database;
  const db = createDatabase(pool);
  const correlation = options.correlation ?? new Correlation();
  const tracing = options.tracing ?? noTracing;
  const observer = new Observer({ correlation, tracing });
  const role = roleOf(environment.server.mode, { external: usesExternalDatabase(environment) });
  // The embedded database is ours alone: the lock on the data folder says so.
  const alone = options.database.info.kind === 'embedded';
  const bus = alone
    ? createLocalBus()
    : await createPostgresBus({ pool, connect: () => new pg.Client(options.database.connection), log });

  const settings = outboundSettings(environment);
  const outbound = createOutboundClient({
    ...settings,
    pools: { ...settings.pools, model: { maxConnectionsPerOrigin: modelConnectionsPerOrigin } },
  });

  // People
  const jobs = createJobs({ connection: options.database.connection, log, works: role.works });
  const people = composeAccounts({
    environment,
    db,
    pool,
    secretKey,
    version,
    log,
    jobs,
    outbound,
    mailer: options.mailer,
  });
  const { tokens, vault } = people;

  // Models
  const catalogue = loadCatalogue({
    pins: environment.positions.providerPins,
    includes: environment.positions.providerIncludes,
    excludes: environment.positions.providerExcludes,
  });
  const runtime = createModelRuntime({
    catalogue,
    transport: createModelTransport(outbound),
    localTransports: { demo: createLocalTransport() },
    log: { warn: (fields, message) => log.warn(fields, message) },
  });
  const modelStore = new ModelStore(db, pool);
  const credentialVault = new CredentialVault(vault);
  const models = new ModelService({
    catalogue,
    runtime,
    store: modelStore,
    vault: credentialVault,
    bus,
    log,
    observer,
    onCall: (sample) => metrics.modelCall(sample),
  });
  const providers = new ProviderService({
    catalogue,
    runtime,
    store: modelStore,
    vault: credentialVault,
    models,
  });

  // Apps and conversations
  const apps = new AppStore(db);
  const tags = new TagStore(db);
  const keys = new ApiKeyStore(db);
  const access = new AppAccessService({ store: new AppAccessStore(db), tokens, bus });
  const cards = new AppCards({ apps, tags, workspaces: people.workspaces, bus });
  const endUsers = new EndUserStore(db);
  const files = new FileStoreTable(db);
  const fileStore = await createFileStore(storageSettings(environment, options.dataFolder.files), outbound);
  const fileUrls = createFileUrlSigner({
    secretKey,
    filesUrl: environment.addresses.files || environment.addresses.consoleApi,
    internalFilesUrl: environment.addresses.internalFiles,
    accessTimeoutSeconds: environment.storage.linkLifetimeMs / 1_000,
  });
  const fileService = new FileService({
    table: files,
    store: fileStore,
    rules: uploadRules(environment),
    urls: fileUrls,
  });
  const maintenance = new Maintenance({
    ...people,
    removedApps: new RemovedAppStore(pool),
    fileStore,
    jobs,
    log,
    preparePartitions: () => ensureRunLogPartitions(pool, new Date()),
  });
  const retention = new Retention({
    settings: { ...environment.jobs, timeZone: environment.logging.timeZone },
    store: new RetentionStore(pool),
    jobs,
    log,
    dropPartitions: (before) => dropEmptyPartitions(pool, before),
  });
  const appService = new AppService({
    apps,
    drafts: new AppDraftStore(db),
    keys,
    models,
    bus,
    onRemoved: (appId) => maintenance.appRemoved(appId),
  });
  const conversationStore = new ConversationStore(db);
  const messages = new MessageStore(db);
  const namer = new ConversationNamer({ models, conversations: conversationStore, log });
  const conversations = new ConversationService({
    conversations: conversationStore,
    messages,
    files,
    namer,
    fileUrl: (uploadFileId) => fileUrls.uploadUrl(uploadFileId),
  });

  const extensionStore = new ApiExtensionStore(db);
  const extensions = new ExtensionService({ store: extensionStore, vault, outbound });
  const moderation = {
    policies: new ModerationPolicies({
      models,
      extensions,
      bufferCharacters: environment.moderation.bufferCharacters,
    }),
    failClosed: environment.moderation.failClosed,
  };

  // Turns
  const ownerId = newId();
  const registry = new RunRegistry<AppEvent>(bus);
  const lease = new OwnerLease({
    ownerId,
    pool,
    log,
    onLost: () => {
      registry.stopAll('lease-lost');
      workflows.registry.stopAll('lease-lost');
    },
  });
  const runLog = new RunLog(pool);
  const writer = new TurnWriter({ pool, ownerId });
  const texts = new TextLogger({ runLog, log });
  const events = new EventStreamWriter();
  const metrics = new Metrics({
    runningTurns: () => registry.size,
    runningWorkflows: () => workflows.registry.size,
    openStreams: () => events.size,
    databaseFlushes: () => writer.flushes + runLog.flushes,
    pool,
  });
  const fileChecker = new TurnFileChecker(files);
  const history = new HistoryStore(pool);
  const opener = new TurnOpener({
    apps,
    conversations: conversationStore,
    files: fileChecker,
    graphConfig: (scope, app) => workflows.promptViews.of(scope, app),
  });
  const renderer = createTemplateRenderer({
    limits: { maxOutputLength: environment.sandbox.maxTemplateLength },
  });
  const documents = openDocumentExtractor(environment, outbound);
  const prompts = new PromptBuilder({
    templates: renderer,
    files: new FileParts({
      table: files,
      files: fileService,
      outbound,
      format: environment.uploads.multimodalFormat,
    }),
  });
  const turns = new TurnService({
    registry,
    writer,
    texts,
    log,
    observer,
    owners: { mayStop: (runId, by) => mayStopRun(pool, runId, by) },
    moderator: new Moderator({ ...moderation, log }),
    models,
    runner: new ChatRunner({ models, history, externalData: new ExternalData(extensions), prompts }),
    activeRequests: {
      perApp: environment.server.activeRequestsPerApp,
      max: environment.server.maxActiveRequestsPerApp,
      acrossProcesses: !alone,
    },
    runTimeoutMs: environment.server.runTimeoutMs,
    onEnded: (turn, outcome) => {
      namer.nameInBackground(turn, outcome);
      metrics.turn({
        mode: turn.app.mode,
        status: outcome.status,
        surface: turn.surface,
        promptTokens: outcome.metadata.usage.prompt_tokens,
        completionTokens: outcome.metadata.usage.completion_tokens,
      });
    },
  });

  const keyedTurns = new KeyedTurns({ turns, store: new TurnKeyStore(pool), log });

  // Apps that are a graph
  const workflows = composeWorkflows({
    environment,
    observer,
    onRunEnded: (run, outcome) =>
      metrics.workflowRun({
        mode: run.mode,
        status: outcome.status,
        trigger: run.triggeredFrom,
        seconds: outcome.elapsedSeconds,
      }),
    dataFolder: options.dataFolder,
    pool,
    db,
    bus,
    log,
    ownerId,
    alone,
    vault,
    jobs,
    outbox: people.outbox,
    workspaces: people.workspaces,
    outbound,
    catalogue,
    models,
    files: { table: files, service: fileService, checker: fileChecker },
    conversations: conversationStore,
    history,
    namer,
    moderation,
    turns,
    renderer,
    documents,
    ...(options.enginePorts ? { enginePorts: options.enginePorts } : {}),
  });
  const triggers = composeTriggers({ environment, db, bus, log, workflows, endUsers, files: fileService });
  const turnFollower = new TurnFollower({ registry, runLog, messages });
  const appFiles = new AppFileService({
    isBuiltIn: (pluginId) => catalogue.providers().some(({ id }) => id.startsWith(`${pluginId}/`)),
    apps: appService,
    workflows: workflows.service,
    secrets: workflows.secrets,
    pending: new PendingImportStore(db),
    outbound,
    encryptDatasetIds: environment.knowledge.encryptExportedIds,
    maxVariableBytes: environment.workflow.maxVariableBytes,
  });

  return {
    environment,
    version,
    log,
    alone,
    role,
    databaseInfo: options.database.info,
    renderer,
    documents,
    pool,
    db,
    bus,
    secretKey,
    ...people,
    jobs,
    maintenance,
    retention,
    webRoot: join(import.meta.dirname, '../../web/dist'),
    outbound,
    catalogue,
    runtime,
    modelStore,
    models,
    providers,
    apps,
    tags,
    keys,
    access,
    cards,
    endUsers,
    extensions,
    extensionStore,
    files,
    fileStore,
    fileService,
    fileUrls,
    appService,
    logs: new LogStore(pool),
    statistics: new StatisticsStore(pool),
    audio: new AudioService({ models, opener, conversations }),
    conversationStore,
    messages,
    namer,
    conversations,
    suggestions: new SuggestionService({ models, opener, messages, conversations: conversationStore }),
    callers: new Callers(endUsers),
    registry,
    events,
    metrics,
    correlation,
    tracing,
    lease,
    runLog,
    writer,
    texts,
    opener,
    turns,
    turnFollower,
    turnDesk: new TurnDesk({ follower: turnFollower, messages, runs: workflows.desk }),
    keyedTurns,
    takeOver: new TurnTakeOver({ pool, log }),
    workflows,
    triggers,
    appFiles,
  };
}

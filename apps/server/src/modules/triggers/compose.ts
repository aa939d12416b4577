import type { Logger } from 'pino';
import type { Bus } from '../../platform/bus/bus.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Database } from '../../schema/database.ts';
import type { EndUserStore } from '../end-users/store.ts';
import type { FileService } from '../files/file-service.ts';
import type { Workflows } from '../workflows/compose.ts';
import { TriggerDebugger } from './debugger.ts';
import { ListenerStore } from './listener-store.ts';
import { TriggerRunStarter } from './run-starter.ts';
import { SchedulePoller } from './schedule-poller.ts';
import { TriggerService } from './service.ts';
import { WebhookFiles } from './webhook-files.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** What the parts of this module are built from. */
export interface TriggerParts {
  environment: Environment;
  db: Database;
  bus: Bus;
  log: Logger;
  workflows: Workflows;
  endUsers: EndUserStore;
  files: FileService;
}

/** The parts that start workflows by themselves, built once and handed down. Nothing has begun to work yet. */
export type Triggers = ReturnType<typeof composeTriggers>;

/** Builds what webhooks, schedules and their trials in the editor need. */
export function composeTriggers({ environment, db, bus, log, workflows, endUsers, files }: TriggerParts) {
  const { store, registry, addresses } = workflows.triggers;
  const starter = new TriggerRunStarter({ desk: workflows.desk, endUsers });
  const listening = new TriggerDebugger({
    listeners: new ListenerStore(db),
    workflows: workflows.store,
  });
  const receiver = new WebhookReceiver({
    store,
    definitions: workflows.definitions,
    starter,
    debugger: listening,
    files: new WebhookFiles({ files, inputs: workflows.inputs }),
    maxBytes: environment.httpNode.webhookMaxBytes,
    log,
  });
  return {
    addresses,
    starter,
    debugger: listening,
    receiver,
    triggers: new TriggerService({ store, registry }),
    schedules: new SchedulePoller({ store, starter, bus, log, settings: environment.schedules }),
  };
}

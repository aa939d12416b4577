import type { Catalogue } from '../en-US/index.ts';
import type { Translation } from '../types.ts';
import { apps } from './apps.ts';
import { auth } from './auth.ts';
import { chat } from './chat.ts';
import { common } from './common.ts';
import { develop } from './develop.ts';
import { errors } from './errors.ts';
import { logs } from './logs.ts';
import { monitor } from './monitor.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { share } from './share.ts';
import { shell } from './shell.ts';
import { studio } from './studio.ts';
import { workflow } from './workflow.ts';

/** All Simplified Chinese texts of the console and the web app. */
export const zhHans: Translation<Catalogue> = {
  apps,
  auth,
  chat,
  common,
  develop,
  errors,
  logs,
  monitor,
  runs,
  settings,
  share,
  shell,
  studio,
  workflow,
};

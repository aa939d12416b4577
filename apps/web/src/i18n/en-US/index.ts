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

/** All English texts of the console and the web app. */
export const enUS = {
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

/** The shape of a complete catalogue; other languages are checked against it. */
export type Catalogue = typeof enUS;

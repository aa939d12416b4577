import { chat } from './chat.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { share } from './share.ts';

/** The Simplified Chinese texts of the web app alone; its bundle carries no others. */
export const zhHansShare = { chat, common, errors, share };

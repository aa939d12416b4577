import type { Pool } from 'pg';
import { nilUuid } from '../../platform/ids.ts';
import type { OpenedTurn } from './turn.ts';

/** A past turn of a conversation. */
export interface PastTurn {
  id: string;
  query: string;
  answer: string;
}

/** A past turn with its place in the tree. */
type PathTurn = PastTurn & { parent_message_id: string | null; counts: boolean };

/** What tells which turns came before one. */
export type PlaceInConversation = Pick<
  OpenedTurn,
  'conversationId' | 'scope' | 'messageId' | 'parentMessageId'
>;

/** Turns read at most: more never fit a prompt. */
const maxTurns = 200;

/** What was said before, for prompts. */
export class HistoryStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * The turns that lead to this one, oldest first. Messages made through the API form one line; messages of the web
   * app form a tree, of which the path from the root to this turn's parent counts.
   */
  async of(turn: PlaceInConversation): Promise<PastTurn[]> {
    // Failed turns are read too: they say nothing, but the path to what was said before may lead through them.
    const { rows } = await this.#pool.query<PathTurn>({
      name: 'conversation-history',
      text: `select id, query, answer, parent_message_id, status in ('normal', 'stopped') and answer <> '' as counts
             from messages
             where conversation_id = $1 and workspace_id = $2 and id <> $3
             order by created_at desc, id desc limit ${maxTurns}`,
      values: [turn.conversationId, turn.scope.workspaceId, turn.messageId],
    });
    return pathTo(turn.parentMessageId, rows)
      .filter((row) => row.counts)
      .map(({ id, query, answer }) => ({ id, query, answer }));
  }
}

/** The line of turns that ends at `parent`; rows come newest first. */
export function pathTo<Row extends { id: string; parent_message_id: string | null }>(
  parent: string | null,
  rows: readonly Row[],
): Row[] {
  if (parent === nilUuid) return rows.toReversed();
  const path: Row[] = [];
  let next = parent;
  for (const row of rows) {
    if (next === null) break;
    // A message of the API inside a tree stands for everything older than itself.
    if (next !== nilUuid && row.id !== next) continue;
    path.push(row);
    next = row.parent_message_id;
  }
  return path.reverse();
}

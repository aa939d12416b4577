import type { Pool } from 'pg';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { escapeLike } from '../apps/store.ts';

/** A conversation as the logs list it. */
export interface LoggedConversation {
  id: string;
  status: string;
  name: string;
  inputs: Record<string, unknown>;
  introduction: string;
  summary: string;
  model_config_id: string | null;
  override_config: Record<string, unknown> | null;
  surface: string;
  end_user_id: string | null;
  session_id: string | null;
  account_id: string | null;
  account_name: string | null;
  read_at: Date | null;
  created_at: Date;
  updated_at: Date;
  message_count: number;
  user_likes: number;
  user_dislikes: number;
  admin_likes: number;
  admin_dislikes: number;
  failed: number;
  first_query: string;
  first_answer: string;
}

/** Most time between the creation of a message and of the run that answers it. */
const runLagMs = 60_000;

/** Orders of the log list. */
export const logOrders = ['created_at', '-created_at', 'updated_at', '-updated_at'] as const;

/** What the log list can be narrowed by. */
export interface LogFilter {
  appId: string;
  keyword?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  sortBy: (typeof logOrders)[number];
  page: number;
  limit: number;
}

const orders: Record<LogFilter['sortBy'], string> = {
  created_at: 'c.created_at asc, c.id asc',
  '-created_at': 'c.created_at desc, c.id desc',
  updated_at: 'c.updated_at asc, c.id asc',
  '-updated_at': 'c.updated_at desc, c.id desc',
};

const columns = `
  c.id, c.status, c.name, c.inputs, c.introduction, c.model_config_id, c.override_config, c.surface, c.end_user_id,
  e.session_id, c.account_id, a.name as account_name, c.read_at, c.created_at, c.updated_at, c.message_count,
  coalesce(first.query, '') as summary, coalesce(first.query, '') as first_query,
  coalesce(first.answer, '') as first_answer,
  coalesce(f.user_likes, 0)::int as user_likes, coalesce(f.user_dislikes, 0)::int as user_dislikes,
  coalesce(f.admin_likes, 0)::int as admin_likes, coalesce(f.admin_dislikes, 0)::int as admin_dislikes,
  (select count(*)::int from messages m where m.conversation_id = c.id and m.status = 'error') as failed`;

const joins = `
  left join end_users e on e.id = c.end_user_id
  left join accounts a on a.id = c.account_id
  left join lateral (
    select query, answer from messages m where m.conversation_id = c.id order by m.created_at limit 1) first on true
  left join lateral (
    select count(*) filter (where from_source = 'user' and rating = 'like') as user_likes,
           count(*) filter (where from_source = 'user' and rating = 'dislike') as user_dislikes,
           count(*) filter (where from_source = 'admin' and rating = 'like') as admin_likes,
           count(*) filter (where from_source = 'admin' and rating = 'dislike') as admin_dislikes
    from message_feedbacks f where f.conversation_id = c.id) f on true`;

/** Conversations as the people who run an app see them: all users', debug runs left out. */
export class LogStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A page of conversations. */
  async list(
    scope: WorkspaceScope,
    filter: LogFilter,
  ): Promise<{ rows: LoggedConversation[]; total: number }> {
    const values: unknown[] = [filter.appId, scope.workspaceId];
    const conditions = [
      'c.app_id = $1',
      'c.workspace_id = $2',
      'not c.is_deleted',
      "c.surface <> 'debugger'",
    ];
    const add = (condition: (position: string) => string, value: unknown) => {
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    if (filter.from) add((at) => `c.created_at >= ${at}`, filter.from);
    if (filter.until) add((at) => `c.created_at < ${at}`, filter.until);
    if (filter.keyword) {
      add(
        (at) => `(c.name ilike ${at} or e.session_id ilike ${at} or exists (
          select 1 from messages m where m.conversation_id = c.id and (m.query ilike ${at} or m.answer ilike ${at})))`,
        `%${escapeLike(filter.keyword)}%`,
      );
    }
    const where = conditions.join(' and ');
    const page = [...values, filter.limit, (filter.page - 1) * filter.limit];
    const [rows, totals] = await Promise.all([
      this.#pool.query<LoggedConversation>(
        `select ${columns} from conversations c ${joins} where ${where} order by ${orders[filter.sortBy]}
         limit $${values.length + 1} offset $${values.length + 2}`,
        page,
      ),
      this.#pool.query<{ total: number }>(
        `select count(*)::int as total from conversations c left join end_users e on e.id = c.end_user_id where ${where}`,
        values,
      ),
    ]);
    return { rows: rows.rows, total: totals.rows[0]?.total ?? 0 };
  }

  /** One conversation of an app, debug runs included: their owner looks at them too. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<LoggedConversation | null> {
    const { rows } = await this.#pool.query<LoggedConversation>(
      `select ${columns} from conversations c ${joins}
       where c.id = $1 and c.app_id = $2 and c.workspace_id = $3 and not c.is_deleted`,
      [id, appId, scope.workspaceId],
    );
    return rows[0] ?? null;
  }

  /** Notes that somebody has read a conversation. */
  async markRead(scope: WorkspaceScope, id: string, accountId: string): Promise<void> {
    await this.#pool.query(
      'update conversations set read_at = now(), read_by = $3 where id = $1 and workspace_id = $2 and read_at is null',
      [id, scope.workspaceId, accountId],
    );
  }

  /** Takes a conversation out of all lists. */
  async remove(scope: WorkspaceScope, appId: string, id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      'update conversations set is_deleted = true where id = $1 and app_id = $2 and workspace_id = $3 and not is_deleted',
      [id, appId, scope.workspaceId],
    );
    return (rowCount ?? 0) > 0;
  }

  /** The runs that gave answers, by the answers' messages; messages of prompt apps have none. */
  async runsOf(
    scope: WorkspaceScope,
    messages: readonly { id: string; appId: string; createdAt: Date }[],
  ): Promise<Map<string, string>> {
    const [first] = messages;
    if (!first) return new Map();
    const times = messages.map(({ createdAt }) => createdAt.getTime());
    // A run begins with its message: the time lets the index of an app's runs find the few rows.
    const { rows } = await this.#pool.query<{ id: string; message_id: string }>(
      `select id, message_id from workflow_runs
       where workspace_id = $1 and app_id = $2 and message_id = any($3::uuid[])
         and created_at between $4 and $5`,
      [
        scope.workspaceId,
        first.appId,
        messages.map(({ id }) => id),
        new Date(Math.min(...times) - runLagMs),
        new Date(Math.max(...times) + runLagMs),
      ],
    );
    return new Map(rows.map((row) => [row.message_id, row.id]));
  }
}

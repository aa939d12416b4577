import { and, eq, inArray } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { messageFiles, uploadFiles } from '../../schema/index.ts';
import type { Asker } from '../turns/turn.ts';

/** A row of `upload_files`. */
export type UploadFile = typeof uploadFiles.$inferSelect;
/** A row of `message_files`. */
export type MessageFile = typeof messageFiles.$inferSelect;

/** Stored files and where they are used. */
export class FileStoreTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Records an upload. */
  async insert(
    scope: WorkspaceScope,
    values: Omit<typeof uploadFiles.$inferInsert, 'workspaceId'> & { id: string },
  ): Promise<UploadFile> {
    const [row] = await this.#db
      .insert(uploadFiles)
      .values({ ...values, workspaceId: scope.workspaceId })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted file');
    return row;
  }

  /** A file of the workspace. */
  async find(scope: WorkspaceScope, id: string): Promise<UploadFile | null> {
    const [row] = await this.#db
      .select()
      .from(uploadFiles)
      .where(and(eq(uploadFiles.id, id), eq(uploadFiles.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** A file by id alone, for signed addresses: the signature is the permission. */
  async findSigned(id: string): Promise<UploadFile | null> {
    const [row] = await this.#db.select().from(uploadFiles).where(eq(uploadFiles.id, id));
    return row ?? null;
  }

  /** A file that this asker uploaded. */
  async findOf(scope: WorkspaceScope, asker: Asker, id: string): Promise<UploadFile | null> {
    const row = await this.find(scope, id);
    if (!row) return null;
    const own =
      asker.endUserId !== null ? row.endUserId === asker.endUserId : row.accountId === asker.accountId;
    return own ? row : null;
  }

  /** The files of messages, with what is known of the stored ones. */
  async ofMessages(
    scope: WorkspaceScope,
    messageIds: string[],
  ): Promise<{ file: MessageFile; upload: UploadFile | null }[]> {
    if (messageIds.length === 0) return [];
    const rows = await this.#db
      .select({ file: messageFiles, upload: uploadFiles })
      .from(messageFiles)
      .leftJoin(uploadFiles, eq(uploadFiles.id, messageFiles.uploadFileId))
      .where(
        and(inArray(messageFiles.messageId, messageIds), eq(messageFiles.workspaceId, scope.workspaceId)),
      )
      .orderBy(messageFiles.createdAt);
    return rows;
  }

  /** Whether a message of the app uses the file. */
  async isUsedBy(scope: WorkspaceScope, appId: string, fileId: string): Promise<boolean> {
    const [row] = await this.#db
      .select({ id: messageFiles.id })
      .from(messageFiles)
      .where(
        and(
          eq(messageFiles.uploadFileId, fileId),
          eq(messageFiles.appId, appId),
          eq(messageFiles.workspaceId, scope.workspaceId),
        ),
      )
      .limit(1);
    return row !== undefined;
  }
}

-- Apps that are a graph: versions, runs, conversation variables, what drafts last put out.
-- Definitions mirror apps/server/src/schema/workflows.ts.

-- Records of runs keep the order of keys: text made of an object must be the same after a take-over.
ALTER TABLE "run_log" ALTER COLUMN "payload" TYPE json USING "payload"::json;

CREATE TABLE "workflows" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL REFERENCES "workspaces"("id") ON DELETE cascade,
  "app_id" uuid NOT NULL REFERENCES "apps"("id") ON DELETE cascade,
  "kind" text NOT NULL,
  "version" text NOT NULL,
  "marked_name" text DEFAULT '' NOT NULL,
  "marked_comment" text DEFAULT '' NOT NULL,
  "graph" json NOT NULL,
  "features" json NOT NULL,
  "environment_variables" json NOT NULL,
  "conversation_variables" json NOT NULL,
  "hash" text NOT NULL,
  "created_by" uuid,
  "updated_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "workflow_runs" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "workflow_id" uuid NOT NULL,
  "graph_id" uuid NOT NULL,
  "mode" text NOT NULL,
  "triggered_from" text NOT NULL,
  "surface" text NOT NULL,
  "version" text NOT NULL,
  "conversation_id" uuid,
  "message_id" uuid,
  "end_user_id" uuid,
  "account_id" uuid,
  "user_id" text NOT NULL,
  "status" text NOT NULL,
  "input" json NOT NULL,
  "outputs" json,
  "error" text,
  "elapsed_seconds" double precision DEFAULT 0 NOT NULL,
  "total_tokens" integer DEFAULT 0 NOT NULL,
  "total_steps" integer DEFAULT 0 NOT NULL,
  "exceptions_count" integer DEFAULT 0 NOT NULL,
  "idempotency_key" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "finished_at" timestamp (3) with time zone
);

CREATE TABLE "conversation_variables" (
  "id" text NOT NULL,
  "conversation_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "name" text NOT NULL,
  "value_type" text NOT NULL,
  "description" text DEFAULT '' NOT NULL,
  "value" json,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "conversation_variables_conversation_id_id_pk" PRIMARY KEY("conversation_id","id")
);

CREATE TABLE "draft_variables" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL REFERENCES "workspaces"("id") ON DELETE cascade,
  "app_id" uuid NOT NULL REFERENCES "apps"("id") ON DELETE cascade,
  "account_id" uuid NOT NULL,
  "node_id" text NOT NULL,
  "name" text NOT NULL,
  "description" text DEFAULT '' NOT NULL,
  "value_type" text NOT NULL,
  "value" json,
  "edited" boolean DEFAULT false NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "draft_node_runs" (
  "workspace_id" uuid NOT NULL REFERENCES "workspaces"("id") ON DELETE cascade,
  "app_id" uuid NOT NULL REFERENCES "apps"("id") ON DELETE cascade,
  "node_id" text NOT NULL,
  "account_id" uuid,
  "record" json NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "draft_node_runs_app_id_node_id_pk" PRIMARY KEY("app_id","node_id")
);

CREATE UNIQUE INDEX "workflows_draft" ON "workflows" USING btree ("app_id") WHERE kind = 'draft';
CREATE INDEX "workflows_versions" ON "workflows" USING btree ("app_id","kind","created_at");
CREATE INDEX "workflow_runs_app" ON "workflow_runs" USING btree ("app_id","created_at");
CREATE UNIQUE INDEX "workflow_runs_idempotency" ON "workflow_runs" USING btree ("app_id","user_id","idempotency_key") WHERE idempotency_key is not null;
CREATE UNIQUE INDEX "draft_variables_name" ON "draft_variables" USING btree ("app_id","account_id","node_id","name");

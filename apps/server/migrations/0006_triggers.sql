-- Triggers of published graphs, listeners of their editors, and mails that ask people. Definitions mirror
-- apps/server/src/schema/triggers.ts, workflows.ts and forms.ts.

CREATE TABLE "app_triggers" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL REFERENCES "workspaces" ("id") ON DELETE CASCADE,
  "app_id" uuid NOT NULL REFERENCES "apps" ("id") ON DELETE CASCADE,
  "node_id" text NOT NULL,
  "kind" text NOT NULL,
  "title" text DEFAULT '' NOT NULL,
  "webhook_id" text,
  "published" boolean DEFAULT false NOT NULL,
  "enabled" boolean DEFAULT true NOT NULL,
  "cron" text,
  "time_zone" text,
  "next_run_at" timestamp (3) with time zone,
  "last_run_at" timestamp (3) with time zone,
  "last_run_id" uuid,
  "last_error" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE UNIQUE INDEX "app_triggers_node" ON "app_triggers" USING btree ("app_id", "node_id");
CREATE UNIQUE INDEX "app_triggers_webhook" ON "app_triggers" USING btree ("webhook_id");
CREATE INDEX "app_triggers_due" ON "app_triggers" USING btree ("next_run_at") WHERE next_run_at is not null;

CREATE TABLE "trigger_listeners" (
  "workspace_id" uuid NOT NULL REFERENCES "workspaces" ("id") ON DELETE CASCADE,
  "app_id" uuid NOT NULL REFERENCES "apps" ("id") ON DELETE CASCADE,
  "account_id" uuid NOT NULL,
  "node_id" text NOT NULL,
  "event" json,
  "expires_at" timestamp (3) with time zone NOT NULL,
  PRIMARY KEY ("app_id", "account_id", "node_id")
);

-- The trigger that a run began at; null is the graph's first start step.
ALTER TABLE "workflow_runs" ADD COLUMN "root_node_id" text;

-- Subjects and bodies of the mails that ask for an answer, by delivery method.
ALTER TABLE "human_input_forms" ADD COLUMN "mails" json;

CREATE TABLE "human_input_recipients" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "form_id" uuid NOT NULL,
  "method_id" text NOT NULL,
  "account_id" uuid,
  "address" text NOT NULL,
  "token" text NOT NULL,
  "status" text DEFAULT 'waiting' NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE UNIQUE INDEX "human_input_recipients_token" ON "human_input_recipients" USING btree ("token");
CREATE UNIQUE INDEX "human_input_recipients_person"
  ON "human_input_recipients" USING btree ("form_id", "method_id", "address");

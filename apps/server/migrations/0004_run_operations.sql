-- Repeating runs, calling back at their end, and one turn per idempotency key.
-- Definitions mirror apps/server/src/schema/run-operations.ts and workflows.ts.

ALTER TABLE "workflow_runs" ADD COLUMN "origin_run_id" uuid;
ALTER TABLE "workflow_runs" ADD COLUMN "origin_kind" text;
ALTER TABLE "workflow_runs" ADD COLUMN "origin_node_id" text;
ALTER TABLE "workflow_runs" ADD COLUMN "callback_url" text;
ALTER TABLE "workflow_runs" ADD COLUMN "request_hash" text;

CREATE TABLE "callback_secrets" (
  "app_id" uuid PRIMARY KEY NOT NULL REFERENCES "apps"("id") ON DELETE cascade,
  "workspace_id" uuid NOT NULL REFERENCES "workspaces"("id") ON DELETE cascade,
  "sealed" text NOT NULL,
  "previous_sealed" text,
  "previous_until" timestamp (3) with time zone,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "run_callbacks" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "event" text NOT NULL,
  "details" json,
  "queued_at" timestamp (3) with time zone,
  "delivered_at" timestamp (3) with time zone,
  "attempts" integer DEFAULT 0 NOT NULL,
  "last_error" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "turn_keys" (
  "app_id" uuid NOT NULL,
  "started_by" text NOT NULL,
  "key" text NOT NULL,
  "workspace_id" uuid NOT NULL,
  "request_hash" text NOT NULL,
  "run_id" uuid NOT NULL,
  "failure" json,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "turn_keys_app_id_started_by_key_pk" PRIMARY KEY("app_id","started_by","key")
);

CREATE INDEX "workflow_runs_origin" ON "workflow_runs" USING btree ("origin_run_id") WHERE origin_run_id is not null;
CREATE INDEX "run_callbacks_run" ON "run_callbacks" USING btree ("run_id");
CREATE INDEX "run_callbacks_waiting" ON "run_callbacks" USING btree ("created_at") WHERE queued_at is null;
CREATE INDEX "turn_keys_run" ON "turn_keys" USING btree ("run_id");

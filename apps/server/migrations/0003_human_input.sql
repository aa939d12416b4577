-- Forms that runs wait for. Definitions mirror apps/server/src/schema/forms.ts.

CREATE TABLE "human_input_forms" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "node_id" text NOT NULL,
  "idempotency_key" text NOT NULL,
  "token" text,
  "content" text NOT NULL,
  "inputs" json NOT NULL,
  "actions" json NOT NULL,
  "defaults" json NOT NULL,
  "status" text DEFAULT 'waiting' NOT NULL,
  "action_id" text,
  "submitted" json,
  "consumed" boolean DEFAULT false NOT NULL,
  "expires_at" timestamp (3) with time zone NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE UNIQUE INDEX "human_input_forms_key" ON "human_input_forms" USING btree ("idempotency_key");
CREATE UNIQUE INDEX "human_input_forms_token" ON "human_input_forms" USING btree ("token");
CREATE INDEX "human_input_forms_run" ON "human_input_forms" USING btree ("run_id");
CREATE INDEX "human_input_forms_waiting" ON "human_input_forms" USING btree ("expires_at") WHERE status = 'waiting';

-- Services of a workspace that answer in the API-based extension protocol. Mirrors apps/server/src/schema/extensions.ts.

CREATE TABLE "api_extensions" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "api_endpoint" text NOT NULL,
  "sealed_api_key" text NOT NULL,
  "masked_api_key" text NOT NULL,
  "created_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

ALTER TABLE "api_extensions" ADD CONSTRAINT "api_extensions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "api_extensions_name" ON "api_extensions" USING btree ("workspace_id","name");

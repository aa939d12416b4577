-- The first schema: accounts, models, apps, conversations, runs. Definitions mirror apps/server/src/schema.

CREATE TABLE "accounts" (
  "id" uuid PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "email" text NOT NULL,
  "password_hash" text,
  "avatar" text,
  "interface_language" text DEFAULT 'en-US' NOT NULL,
  "interface_theme" text DEFAULT 'light' NOT NULL,
  "timezone" text DEFAULT 'UTC' NOT NULL,
  "status" text DEFAULT 'active' NOT NULL,
  "last_login_at" timestamp (3) with time zone,
  "last_login_ip" text,
  "last_active_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "initialized_at" timestamp (3) with time zone,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "attempt_counters" (
  "key" text PRIMARY KEY NOT NULL,
  "count" integer NOT NULL,
  "expires_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "installation" (
  "id" text PRIMARY KEY NOT NULL,
  "version" text NOT NULL,
  "setup_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "memberships" (
  "workspace_id" uuid NOT NULL,
  "account_id" uuid NOT NULL,
  "role" text NOT NULL,
  "is_current" boolean DEFAULT false NOT NULL,
  "invited_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "memberships_workspace_id_account_id_pk" PRIMARY KEY("workspace_id","account_id")
);

CREATE TABLE "one_time_tokens" (
  "token_hash" text PRIMARY KEY NOT NULL,
  "purpose" text NOT NULL,
  "subject" text NOT NULL,
  "code_hash" text,
  "attempts" integer DEFAULT 0 NOT NULL,
  "payload" jsonb DEFAULT '{}'::jsonb NOT NULL,
  "expires_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "sessions" (
  "id" uuid PRIMARY KEY NOT NULL,
  "account_id" uuid NOT NULL,
  "refresh_token_hash" text NOT NULL,
  "previous_token_hash" text,
  "rotated_at" timestamp (3) with time zone,
  "user_agent" text,
  "ip" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "last_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "expires_at" timestamp (3) with time zone NOT NULL,
  "revoked_at" timestamp (3) with time zone
);

CREATE TABLE "workspaces" (
  "id" uuid PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "plan" text DEFAULT 'basic' NOT NULL,
  "status" text DEFAULT 'normal' NOT NULL,
  "public_key" text NOT NULL,
  "wrapped_private_key" text NOT NULL,
  "custom_config" jsonb DEFAULT '{}'::jsonb NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "api_keys" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid,
  "type" text NOT NULL,
  "key_hash" text NOT NULL,
  "prefix" text NOT NULL,
  "last_four" text NOT NULL,
  "last_used_at" timestamp (3) with time zone,
  "created_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "app_drafts" (
  "app_id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "config" jsonb NOT NULL,
  "updated_by" uuid,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "app_model_configs" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "config" jsonb NOT NULL,
  "created_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "apps" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "description" text DEFAULT '' NOT NULL,
  "mode" text NOT NULL,
  "icon_type" text DEFAULT 'emoji' NOT NULL,
  "icon" text DEFAULT '🤖' NOT NULL,
  "icon_background" text,
  "use_icon_as_answer_icon" boolean DEFAULT false NOT NULL,
  "status" text DEFAULT 'normal' NOT NULL,
  "enable_site" boolean DEFAULT true NOT NULL,
  "enable_api" boolean DEFAULT true NOT NULL,
  "max_active_requests" integer,
  "model_config_id" uuid,
  "workflow_id" uuid,
  "created_by" uuid,
  "updated_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "pending_imports" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "payload" jsonb NOT NULL,
  "created_by" uuid NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "expires_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "sites" (
  "app_id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "code" text NOT NULL,
  "title" text NOT NULL,
  "description" text DEFAULT '' NOT NULL,
  "icon_type" text DEFAULT 'emoji' NOT NULL,
  "icon" text,
  "icon_background" text,
  "chat_color_theme" text,
  "chat_color_theme_inverted" boolean DEFAULT false NOT NULL,
  "copyright" text,
  "privacy_policy" text,
  "custom_disclaimer" text DEFAULT '' NOT NULL,
  "input_placeholder" text,
  "default_language" text DEFAULT 'en-US' NOT NULL,
  "prompt_public" boolean DEFAULT false NOT NULL,
  "show_workflow_steps" boolean DEFAULT true NOT NULL,
  "use_icon_as_answer_icon" boolean DEFAULT false NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "tag_bindings" (
  "tag_id" uuid NOT NULL,
  "target_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "created_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "tag_bindings_tag_id_target_id_pk" PRIMARY KEY("tag_id","target_id")
);

CREATE TABLE "tags" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "type" text NOT NULL,
  "name" text NOT NULL,
  "created_by" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "conversations" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "model_config_id" uuid,
  "override_config" jsonb,
  "mode" text NOT NULL,
  "name" text NOT NULL,
  "inputs" jsonb DEFAULT '{}'::jsonb NOT NULL,
  "introduction" text DEFAULT '' NOT NULL,
  "status" text DEFAULT 'normal' NOT NULL,
  "surface" text NOT NULL,
  "end_user_id" uuid,
  "account_id" uuid,
  "message_count" integer DEFAULT 0 NOT NULL,
  "read_at" timestamp (3) with time zone,
  "read_by" uuid,
  "is_deleted" boolean DEFAULT false NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "end_users" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "type" text NOT NULL,
  "session_id" text NOT NULL,
  "external_user_id" text,
  "name" text,
  "is_anonymous" boolean DEFAULT true NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "message_feedbacks" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "conversation_id" uuid NOT NULL,
  "message_id" uuid NOT NULL,
  "rating" text NOT NULL,
  "content" text,
  "from_source" text NOT NULL,
  "end_user_id" uuid,
  "account_id" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "message_files" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "message_id" uuid NOT NULL,
  "type" text NOT NULL,
  "transfer_method" text NOT NULL,
  "url" text,
  "upload_file_id" uuid,
  "belongs_to" text NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "messages" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "conversation_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "parent_message_id" uuid,
  "inputs" jsonb DEFAULT '{}'::jsonb NOT NULL,
  "query" text NOT NULL,
  "prompt" jsonb,
  "answer" text DEFAULT '' NOT NULL,
  "status" text NOT NULL,
  "error" text,
  "metadata" jsonb,
  "surface" text NOT NULL,
  "end_user_id" uuid,
  "account_id" uuid,
  "model_provider" text,
  "model_id" text,
  "message_tokens" integer DEFAULT 0 NOT NULL,
  "answer_tokens" integer DEFAULT 0 NOT NULL,
  "total_price" numeric(20, 7) DEFAULT '0' NOT NULL,
  "currency" text DEFAULT 'USD' NOT NULL,
  "latency_seconds" double precision DEFAULT 0 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "pinned_conversations" (
  "conversation_id" uuid NOT NULL,
  "end_user_id" uuid NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "pinned_conversations_conversation_id_end_user_id_pk" PRIMARY KEY("conversation_id","end_user_id")
);

CREATE TABLE "saved_messages" (
  "id" uuid PRIMARY KEY NOT NULL,
  "app_id" uuid NOT NULL,
  "message_id" uuid NOT NULL,
  "end_user_id" uuid NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "upload_files" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid,
  "storage_key" text NOT NULL,
  "name" text NOT NULL,
  "size_bytes" bigint NOT NULL,
  "extension" text NOT NULL,
  "mime_type" text NOT NULL,
  "sha256" text NOT NULL,
  "end_user_id" uuid,
  "account_id" uuid,
  "source_url" text DEFAULT '' NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "custom_models" (
  "workspace_id" uuid NOT NULL,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "model_type" text NOT NULL,
  "active_credential_id" uuid,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "custom_models_workspace_id_provider_model_model_type_pk" PRIMARY KEY("workspace_id","provider","model","model_type")
);

CREATE TABLE "default_models" (
  "workspace_id" uuid NOT NULL,
  "model_type" text NOT NULL,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "default_models_workspace_id_model_type_pk" PRIMARY KEY("workspace_id","model_type")
);

CREATE TABLE "model_calls" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid,
  "run_id" uuid,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "model_type" text NOT NULL,
  "credential_id" uuid,
  "purpose" text NOT NULL,
  "status" text NOT NULL,
  "error_code" text,
  "error" text,
  "prompt_tokens" integer DEFAULT 0 NOT NULL,
  "completion_tokens" integer DEFAULT 0 NOT NULL,
  "total_price" numeric(20, 7) DEFAULT '0' NOT NULL,
  "currency" text DEFAULT 'USD' NOT NULL,
  "latency_seconds" double precision DEFAULT 0 NOT NULL,
  "first_token_seconds" double precision,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "model_credentials" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "model_type" text NOT NULL,
  "name" text NOT NULL,
  "encrypted_config" jsonb NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "model_settings" (
  "workspace_id" uuid NOT NULL,
  "provider" text NOT NULL,
  "model" text NOT NULL,
  "model_type" text NOT NULL,
  "enabled" boolean DEFAULT true NOT NULL,
  "load_balancing_enabled" boolean DEFAULT false NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "model_settings_workspace_id_provider_model_model_type_pk" PRIMARY KEY("workspace_id","provider","model","model_type")
);

CREATE TABLE "provider_credentials" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "provider" text NOT NULL,
  "name" text NOT NULL,
  "encrypted_config" jsonb NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "provider_settings" (
  "workspace_id" uuid NOT NULL,
  "provider" text NOT NULL,
  "active_credential_id" uuid,
  "preferred_type" text DEFAULT 'custom' NOT NULL,
  "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "provider_settings_workspace_id_provider_pk" PRIMARY KEY("workspace_id","provider")
);

CREATE TABLE "run_log" (
  "run_id" uuid NOT NULL,
  "sequence" bigint NOT NULL,
  "schema_version" integer DEFAULT 1 NOT NULL,
  "kind" text NOT NULL,
  "payload" jsonb NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "run_log_pk" PRIMARY KEY ("run_id", "sequence", "created_at")
) PARTITION BY RANGE ("created_at");
-- Months are made ahead by the server; rows outside them (a wrong clock) still find a home.
CREATE TABLE "run_log_default" PARTITION OF "run_log" DEFAULT;

CREATE TABLE "run_owners" (
  "id" uuid PRIMARY KEY NOT NULL,
  "host" text NOT NULL,
  "started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "lease_until" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "run_values" (
  "id" uuid PRIMARY KEY NOT NULL,
  "run_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "payload" jsonb NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "runs" (
  "id" uuid PRIMARY KEY NOT NULL,
  "workspace_id" uuid NOT NULL,
  "app_id" uuid NOT NULL,
  "kind" text NOT NULL,
  "status" text NOT NULL,
  "message_id" uuid,
  "started_by" text NOT NULL,
  "owner_id" uuid,
  "fence" integer DEFAULT 1 NOT NULL,
  "error" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "finished_at" timestamp (3) with time zone
);

ALTER TABLE "memberships" ADD CONSTRAINT "memberships_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "app_drafts" ADD CONSTRAINT "app_drafts_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "app_drafts" ADD CONSTRAINT "app_drafts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "app_model_configs" ADD CONSTRAINT "app_model_configs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "app_model_configs" ADD CONSTRAINT "app_model_configs_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "apps" ADD CONSTRAINT "apps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "pending_imports" ADD CONSTRAINT "pending_imports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sites" ADD CONSTRAINT "sites_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sites" ADD CONSTRAINT "sites_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "tag_bindings" ADD CONSTRAINT "tag_bindings_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "tags"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "tag_bindings" ADD CONSTRAINT "tag_bindings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "tags" ADD CONSTRAINT "tags_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "pinned_conversations" ADD CONSTRAINT "pinned_conversations_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "custom_models" ADD CONSTRAINT "custom_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "default_models" ADD CONSTRAINT "default_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "model_credentials" ADD CONSTRAINT "model_credentials_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "model_settings" ADD CONSTRAINT "model_settings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "provider_credentials" ADD CONSTRAINT "provider_credentials_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "provider_settings" ADD CONSTRAINT "provider_settings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "accounts_email" ON "accounts" USING btree ("email");
CREATE INDEX "memberships_account" ON "memberships" USING btree ("account_id");
CREATE INDEX "one_time_tokens_subject" ON "one_time_tokens" USING btree ("purpose","subject");
CREATE UNIQUE INDEX "sessions_refresh" ON "sessions" USING btree ("refresh_token_hash");
CREATE INDEX "sessions_previous" ON "sessions" USING btree ("previous_token_hash");
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("key_hash");
CREATE INDEX "api_keys_app" ON "api_keys" USING btree ("app_id");
CREATE INDEX "app_model_configs_app" ON "app_model_configs" USING btree ("app_id","created_at");
CREATE INDEX "apps_workspace" ON "apps" USING btree ("workspace_id","updated_at");
CREATE UNIQUE INDEX "sites_code" ON "sites" USING btree ("code");
CREATE INDEX "tag_bindings_target" ON "tag_bindings" USING btree ("target_id");
CREATE UNIQUE INDEX "tags_name" ON "tags" USING btree ("workspace_id","type","name");
CREATE INDEX "conversations_end_user" ON "conversations" USING btree ("app_id","end_user_id","updated_at") WHERE not is_deleted;
CREATE INDEX "conversations_app" ON "conversations" USING btree ("app_id","updated_at") WHERE not is_deleted;
CREATE UNIQUE INDEX "end_users_session" ON "end_users" USING btree ("app_id","session_id");
CREATE UNIQUE INDEX "message_feedbacks_rater" ON "message_feedbacks" USING btree ("message_id","from_source");
CREATE INDEX "message_feedbacks_app" ON "message_feedbacks" USING btree ("app_id","created_at");
CREATE INDEX "message_files_message" ON "message_files" USING btree ("message_id");
CREATE INDEX "message_files_upload" ON "message_files" USING btree ("upload_file_id");
CREATE INDEX "messages_conversation" ON "messages" USING btree ("conversation_id","created_at");
CREATE INDEX "messages_app" ON "messages" USING btree ("app_id","created_at");
CREATE UNIQUE INDEX "saved_messages_user" ON "saved_messages" USING btree ("end_user_id","message_id");
CREATE INDEX "upload_files_workspace" ON "upload_files" USING btree ("workspace_id","created_at");
CREATE INDEX "model_calls_workspace" ON "model_calls" USING btree ("workspace_id","created_at");
CREATE UNIQUE INDEX "model_credentials_name" ON "model_credentials" USING btree ("workspace_id","provider","model","model_type","name");
CREATE UNIQUE INDEX "provider_credentials_name" ON "provider_credentials" USING btree ("workspace_id","provider","name");
CREATE INDEX "runs_open" ON "runs" USING btree ("owner_id") WHERE status = 'running';
CREATE INDEX "runs_app" ON "runs" USING btree ("app_id","created_at");
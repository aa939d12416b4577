-- Large values of runs, beside their log and removed with it; nothing has been stored under the first definition.
-- Definitions mirror apps/server/src/schema/runs.ts.

DROP TABLE "run_values";

-- `payload` is `json`, not `jsonb`: its text is what was hashed, and references in it are told by their spaces.
CREATE TABLE "run_values" (
  "run_id" uuid NOT NULL,
  "hash" text NOT NULL,
  "payload" json NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "run_values_pk" PRIMARY KEY ("run_id", "hash", "created_at")
) PARTITION BY RANGE ("created_at");
CREATE TABLE "run_values_default" PARTITION OF "run_values" DEFAULT;

-- Runs under way, by owner as before; the app beside it answers how many an app has without reading a row.
DROP INDEX "runs_open";
CREATE INDEX "runs_open" ON "runs" USING btree ("owner_id","app_id") WHERE status = 'running';

-- Places that an app has left under its limit of runs at a time. The lock is held until the caller's transaction ends,
-- and the count is a statement of its own, which sees what others committed while it was waited for: of a burst over
-- several processes only as many pass as there are places.
CREATE FUNCTION "free_run_places" (app uuid, most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(app::text, 7001));
  RETURN most - (SELECT count(*)::integer FROM runs WHERE status = 'running' AND app_id = app);
END $$;

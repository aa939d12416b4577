import {
  choice,
  decimal,
  duration,
  flag,
  integer,
  list,
  optionalInteger,
  optionalText,
  secret,
  text,
} from './environment-field.ts';

/** An outside PostgreSQL; without `DB_HOST` the embedded one serves. `databaseSettings` makes sense of these. */
export const databaseFields = {
  type: choice('DB_TYPE', ['postgresql'], 'postgresql'),
  host: optionalText('DB_HOST'),
  port: integer('DB_PORT', 5432, { min: 1, max: 65_535 }),
  username: text('DB_USERNAME', 'postgres'),
  password: secret('DB_PASSWORD'),
  name: text('DB_DATABASE', 'dify'),
  extras: optionalText('DB_EXTRAS'),
  poolSize: optionalInteger('SQLALCHEMY_POOL_SIZE', { min: 1 }),
  poolOverflow: optionalInteger('SQLALCHEMY_MAX_OVERFLOW'),
  connectionLifetimeMs: duration('SQLALCHEMY_POOL_RECYCLE', 3_600, 'seconds'),
  connectTimeoutMs: duration('SQLALCHEMY_POOL_TIMEOUT', 30, 'seconds'),
};

/** Redis is used for what crosses processes when `REDIS_HOST` is set. */
export const redisFields = {
  host: optionalText('REDIS_HOST'),
  port: integer('REDIS_PORT', 6379, { min: 1, max: 65_535 }),
  username: optionalText('REDIS_USERNAME'),
  password: secret('REDIS_PASSWORD'),
  database: integer('REDIS_DB', 0),
  tls: flag('REDIS_USE_SSL', false),
  tlsCertificates: choice(
    'REDIS_SSL_CERT_REQS',
    ['CERT_NONE', 'CERT_OPTIONAL', 'CERT_REQUIRED'],
    'CERT_NONE',
  ),
  tlsCaFile: optionalText('REDIS_SSL_CA_CERTS'),
  tlsCertificateFile: optionalText('REDIS_SSL_CERTFILE'),
  tlsKeyFile: optionalText('REDIS_SSL_KEYFILE'),
  keyPrefix: text('REDIS_KEY_PREFIX', ''),
  sentinel: flag('REDIS_USE_SENTINEL', false),
  sentinels: list('REDIS_SENTINELS'),
  sentinelService: optionalText('REDIS_SENTINEL_SERVICE_NAME'),
  sentinelUsername: optionalText('REDIS_SENTINEL_USERNAME'),
  sentinelPassword: secret('REDIS_SENTINEL_PASSWORD'),
  brokerUrl: secret('CELERY_BROKER_URL'),
  eventsUrl: secret('EVENT_BUS_REDIS_URL'),
};

/** Where uploaded and generated files are kept. */
export const storageFields = {
  type: choice('STORAGE_TYPE', ['local', 'opendal', 's3'], 'local'),
  /** Unset: `files` in the data folder. */
  localPath: optionalText('STORAGE_LOCAL_PATH'),
  opendalScheme: choice('OPENDAL_SCHEME', ['fs', 's3'], 'fs'),
  opendalRoot: optionalText('OPENDAL_FS_ROOT'),
  s3Endpoint: optionalText('S3_ENDPOINT'),
  s3Region: text('S3_REGION', 'us-east-1'),
  s3Bucket: text('S3_BUCKET_NAME', 'difyai'),
  s3AccessKey: secret('S3_ACCESS_KEY'),
  s3SecretKey: secret('S3_SECRET_KEY'),
  s3AddressStyle: choice('S3_ADDRESS_STYLE', ['auto', 'path', 'virtual'], 'auto'),
  s3ManagedIdentity: flag('S3_USE_AWS_MANAGED_IAM', false),
  linkLifetimeMs: duration('FILES_ACCESS_TIMEOUT', 300, 'seconds'),
};

/** Where vectors are kept; the built-in index needs no service. */
export const vectorFields = {
  store: choice('VECTOR_STORE', ['lancedb', 'pgvector'], 'lancedb'),
  indexPrefix: text('VECTOR_INDEX_NAME_PREFIX', 'Vector_index'),
  /** Unset: the main database. */
  pgvectorHost: optionalText('PGVECTOR_HOST'),
  pgvectorPort: integer('PGVECTOR_PORT', 5432, { min: 1, max: 65_535 }),
  pgvectorUser: optionalText('PGVECTOR_USER'),
  pgvectorPassword: secret('PGVECTOR_PASSWORD'),
  pgvectorDatabase: text('PGVECTOR_DATABASE', 'dify'),
  pgvectorMinConnections: integer('PGVECTOR_MIN_CONNECTION', 1),
  pgvectorMaxConnections: integer('PGVECTOR_MAX_CONNECTION', 5, { min: 1 }),
  pgvectorBigrams: flag('PGVECTOR_PG_BIGM', false),
};

/** Background work. */
export const jobFields = {
  concurrency: integer('CELERY_WORKER_AMOUNT', 4, { min: 1 }),
  indexingPerWorkspace: integer('TENANT_ISOLATED_TASK_CONCURRENCY', 1, { min: 1 }),
  cleanEmbeddings: flag('ENABLE_CLEAN_EMBEDDING_CACHE_TASK', false),
  cleanUnusedKnowledge: flag('ENABLE_CLEAN_UNUSED_DATASETS_TASK', false),
  cleanMessages: flag('ENABLE_CLEAN_MESSAGES', false),
  cleanRuns: flag('ENABLE_WORKFLOW_RUN_CLEANUP_TASK', false),
  monitorQueues: flag('ENABLE_DATASETS_QUEUE_MONITOR', false),
  monitorIntervalMs: duration('QUEUE_MONITOR_INTERVAL', 30, 'minutes'),
  monitorThreshold: integer('QUEUE_MONITOR_THRESHOLD', 200),
  monitorRecipients: list('QUEUE_MONITOR_ALERT_EMAILS'),
  workflowLogCleanup: flag('WORKFLOW_LOG_CLEANUP_ENABLED', false),
  workflowLogRetentionMs: duration('WORKFLOW_LOG_RETENTION_DAYS', 30, 'days'),
  workflowLogBatch: integer('WORKFLOW_LOG_CLEANUP_BATCH_SIZE', 100, { min: 1 }),
  workflowLogOnly: list('WORKFLOW_LOG_CLEANUP_SPECIFIC_WORKFLOW_IDS'),
  recordRetentionMs: duration('SANDBOX_EXPIRED_RECORDS_RETENTION_DAYS', 30, 'days'),
  recordGraceMs: duration('SANDBOX_EXPIRED_RECORDS_CLEAN_GRACEFUL_PERIOD', 21, 'days'),
  recordBatch: integer('SANDBOX_EXPIRED_RECORDS_CLEAN_BATCH_SIZE', 1_000, { min: 1 }),
  recordMaxIntervalMs: duration('SANDBOX_EXPIRED_RECORDS_CLEAN_BATCH_MAX_INTERVAL', 200, 'milliseconds'),
  recordLockMs: duration('SANDBOX_EXPIRED_RECORDS_CLEAN_TASK_LOCK_TTL', 90_000, 'seconds'),
  traceRetries: integer('OPS_TRACE_RETRYABLE_DISPATCH_MAX_RETRIES', 60),
  traceRetryDelayMs: duration('OPS_TRACE_RETRYABLE_DISPATCH_DELAY_SECONDS', 5, 'seconds'),
};

/** Error reports and telemetry; off unless configured. */
export const observabilityFields = {
  sentryDsn: secret('SENTRY_DSN', { aliases: ['API_SENTRY_DSN'] }),
  webSentryDsn: secret('WEB_SENTRY_DSN'),
  sentryTraces: decimal('SENTRY_TRACES_SAMPLE_RATE', 1, {
    max: 1,
    aliases: ['API_SENTRY_TRACES_SAMPLE_RATE'],
  }),
  sentryProfiles: decimal('SENTRY_PROFILES_SAMPLE_RATE', 1, {
    max: 1,
    aliases: ['API_SENTRY_PROFILES_SAMPLE_RATE'],
  }),
  otel: flag('ENABLE_OTEL', false),
  otlpBase: text('OTLP_BASE_ENDPOINT', 'http://localhost:4318'),
  otlpTraces: optionalText('OTLP_TRACE_ENDPOINT'),
  otlpMetrics: optionalText('OTLP_METRIC_ENDPOINT'),
  otlpKey: secret('OTLP_API_KEY'),
  otelExporter: text('OTEL_EXPORTER_TYPE', 'otlp'),
  otlpProtocol: choice('OTEL_EXPORTER_OTLP_PROTOCOL', ['http', 'grpc'], 'http'),
  otelSampling: decimal('OTEL_SAMPLING_RATE', 0.1, { max: 1 }),
  otelBatchDelayMs: duration('OTEL_BATCH_EXPORT_SCHEDULE_DELAY', 5_000, 'milliseconds'),
  otelMaxQueue: integer('OTEL_MAX_QUEUE_SIZE', 2_048, { min: 1 }),
  otelMaxBatch: integer('OTEL_MAX_EXPORT_BATCH_SIZE', 512, { min: 1 }),
  otelMetricIntervalMs: duration('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 'milliseconds'),
  otelBatchTimeoutMs: duration('OTEL_BATCH_EXPORT_TIMEOUT', 10_000, 'milliseconds'),
  otelMetricTimeoutMs: duration('OTEL_METRIC_EXPORT_TIMEOUT', 30_000, 'milliseconds'),
  langfuseTimeoutMs: duration('LANGFUSE_TIMEOUT', 5, 'seconds'),
};

import {
  address,
  bigInteger,
  choice,
  duration,
  flag,
  integer,
  list,
  megabytes,
  optionalText,
  secret,
} from './environment-field.ts';

/** What may be uploaded. */
export const uploadFields = {
  documentMaxBytes: megabytes('UPLOAD_FILE_SIZE_LIMIT', 15),
  imageMaxBytes: megabytes('UPLOAD_IMAGE_FILE_SIZE_LIMIT', 10),
  videoMaxBytes: megabytes('UPLOAD_VIDEO_FILE_SIZE_LIMIT', 100),
  audioMaxBytes: megabytes('UPLOAD_AUDIO_FILE_SIZE_LIMIT', 50),
  filesPerUpload: integer('UPLOAD_FILE_BATCH_LIMIT', 5, { min: 1 }),
  refusedExtensions: list('UPLOAD_FILE_EXTENSION_BLACKLIST'),
  imagesPerUpload: integer('IMAGE_FILE_BATCH_LIMIT', 10, { min: 1 }),
  imagesPerChunk: integer('SINGLE_CHUNK_ATTACHMENT_LIMIT', 10),
  chunkImageMaxBytes: megabytes('ATTACHMENT_IMAGE_FILE_SIZE_LIMIT', 2),
  chunkImageTimeoutMs: duration('ATTACHMENT_IMAGE_DOWNLOAD_TIMEOUT', 60, 'seconds'),
  filesPerWorkflowField: integer('WORKFLOW_FILE_UPLOAD_LIMIT', 10, { min: 1 }),
  multimodalFormat: choice('MULTIMODAL_SEND_FORMAT', ['base64', 'url'], 'base64', {
    aliases: ['MULTIMODAL_SEND_IMAGE_FORMAT'],
  }),
};

/** Documents, chunks and annotations. */
export const knowledgeFields = {
  extractor: choice('ETL_TYPE', ['dify', 'Unstructured'], 'dify'),
  unstructuredAddress: address('UNSTRUCTURED_API_URL'),
  unstructuredKey: secret('UNSTRUCTURED_API_KEY'),
  /** Of one document. */
  extractionTimeoutMs: duration('DOCUMENT_EXTRACTION_TIMEOUT', 600, 'seconds'),
  /** Of each process that reads documents. */
  extractionMemoryBytes: megabytes('DOCUMENT_EXTRACTION_MEMORY', 1_024),
  extractionProcesses: integer('DOCUMENT_EXTRACTION_PROCESSES', 2, { min: 1 }),
  maxTopK: integer('TOP_K_MAX_VALUE', 10, { min: 1 }),
  maxChunkTokens: integer('INDEXING_MAX_SEGMENTATION_TOKENS_LENGTH', 4_000, { min: 1 }),
  /** 0 is no limit. */
  segmentsPerRequest: integer('DATASET_MAX_SEGMENTS_PER_REQUEST', 0),
  annotationImportMaxBytes: megabytes('ANNOTATION_IMPORT_FILE_SIZE_LIMIT', 2),
  annotationImportMaxRecords: integer('ANNOTATION_IMPORT_MAX_RECORDS', 10_000),
  annotationImportMinRecords: integer('ANNOTATION_IMPORT_MIN_RECORDS', 1),
  annotationImportsPerMinute: integer('ANNOTATION_IMPORT_RATE_LIMIT_PER_MINUTE', 5),
  annotationImportsPerHour: integer('ANNOTATION_IMPORT_RATE_LIMIT_PER_HOUR', 20),
  annotationImportConcurrency: integer('ANNOTATION_IMPORT_MAX_CONCURRENT', 5, { min: 1 }),
  notionType: choice('NOTION_INTEGRATION_TYPE', ['public', 'internal'], 'public'),
  notionClientId: optionalText('NOTION_CLIENT_ID'),
  notionClientSecret: secret('NOTION_CLIENT_SECRET'),
  notionInternalSecret: secret('NOTION_INTERNAL_SECRET'),
  encryptExportedIds: flag('DSL_EXPORT_ENCRYPT_DATASET_ID', true),
};

/** Order and visibility of tools and model providers in lists. */
export const positionFields = {
  toolPins: list('POSITION_TOOL_PINS'),
  toolIncludes: list('POSITION_TOOL_INCLUDES'),
  toolExcludes: list('POSITION_TOOL_EXCLUDES'),
  providerPins: list('POSITION_PROVIDER_PINS'),
  providerIncludes: list('POSITION_PROVIDER_INCLUDES'),
  providerExcludes: list('POSITION_PROVIDER_EXCLUDES'),
};

/** Code and templates that people write; no endpoint means the built-in sandbox. */
export const sandboxFields = {
  endpoint: address('CODE_EXECUTION_ENDPOINT'),
  apiKey: secret('CODE_EXECUTION_API_KEY'),
  verifyTls: flag('CODE_EXECUTION_SSL_VERIFY', true),
  connectTimeoutMs: duration('CODE_EXECUTION_CONNECT_TIMEOUT', 10, 'seconds'),
  readTimeoutMs: duration('CODE_EXECUTION_READ_TIMEOUT', 60, 'seconds'),
  writeTimeoutMs: duration('CODE_EXECUTION_WRITE_TIMEOUT', 10, 'seconds'),
  maxConnections: integer('CODE_EXECUTION_POOL_MAX_CONNECTIONS', 100, { min: 1 }),
  /** Folder of a Python venv whose modules sandboxed code may import. */
  pythonPath: optionalText('SANDBOX_PYTHON_PATH'),
  /** Whether sandboxed code may open connections. */
  network: flag('SANDBOX_ENABLE_NETWORK', false),
  maxNumber: bigInteger('CODE_MAX_NUMBER', 9_223_372_036_854_775_807n),
  minNumber: bigInteger('CODE_MIN_NUMBER', -9_223_372_036_854_775_808n),
  maxStringLength: integer('CODE_MAX_STRING_LENGTH', 400_000),
  maxTemplateLength: integer('TEMPLATE_TRANSFORM_MAX_LENGTH', 400_000),
  maxDepth: integer('CODE_MAX_DEPTH', 5),
  maxPrecision: integer('CODE_MAX_PRECISION', 20),
  maxStringArrayLength: integer('CODE_MAX_STRING_ARRAY_LENGTH', 30),
  maxObjectArrayLength: integer('CODE_MAX_OBJECT_ARRAY_LENGTH', 30),
  maxNumberArrayLength: integer('CODE_MAX_NUMBER_ARRAY_LENGTH', 1_000),
};

/** Requests to addresses that users, models or files chose. */
export const outboundFields = {
  httpProxy: secret('SSRF_PROXY_HTTP_URL'),
  httpsProxy: secret('SSRF_PROXY_HTTPS_URL'),
  timeoutMs: duration('SSRF_DEFAULT_TIME_OUT', 5, 'seconds'),
  connectTimeoutMs: duration('SSRF_DEFAULT_CONNECT_TIME_OUT', 5, 'seconds'),
  readTimeoutMs: duration('SSRF_DEFAULT_READ_TIME_OUT', 5, 'seconds'),
  writeTimeoutMs: duration('SSRF_DEFAULT_WRITE_TIME_OUT', 5, 'seconds'),
  maxRetries: integer('SSRF_DEFAULT_MAX_RETRIES', 3),
  maxConnections: integer('SSRF_POOL_MAX_CONNECTIONS', 100, { min: 1 }),
  allowedPrivateAddresses: list('SSRF_PROXY_ALLOW_PRIVATE_IPS'),
  allowedPrivateDomains: list('SSRF_PROXY_ALLOW_PRIVATE_DOMAINS'),
};

/** The HTTP request node and webhooks. */
export const httpNodeFields = {
  maxTextBytes: integer('HTTP_REQUEST_NODE_MAX_TEXT_SIZE', 1_048_576),
  maxBinaryBytes: integer('HTTP_REQUEST_NODE_MAX_BINARY_SIZE', 10_485_760),
  verifyTls: flag('HTTP_REQUEST_NODE_SSL_VERIFY', true),
  maxConnectTimeoutMs: duration('HTTP_REQUEST_MAX_CONNECT_TIMEOUT', 10, 'seconds'),
  maxReadTimeoutMs: duration('HTTP_REQUEST_MAX_READ_TIMEOUT', 600, 'seconds'),
  maxWriteTimeoutMs: duration('HTTP_REQUEST_MAX_WRITE_TIMEOUT', 600, 'seconds'),
  webhookMaxBytes: integer('WEBHOOK_REQUEST_BODY_MAX_SIZE', 10_485_760),
};

/** Bounds of a run. */
export const workflowFields = {
  maxSteps: integer('WORKFLOW_MAX_EXECUTION_STEPS', 500, { min: 1 }),
  maxTimeMs: duration('WORKFLOW_MAX_EXECUTION_TIME', 1_200, 'seconds'),
  maxCallDepth: integer('WORKFLOW_CALL_MAX_DEPTH', 5),
  maxVariableBytes: integer('MAX_VARIABLE_SIZE', 204_800),
  /** What of a value the console shows at once; it is stored whole. */
  displayMaxBytes: integer('WORKFLOW_VARIABLE_TRUNCATION_MAX_SIZE', 1_024_000, { min: 1 }),
  displayStringLength: integer('WORKFLOW_VARIABLE_TRUNCATION_STRING_LENGTH', 100_000, { min: 1 }),
  displayArrayLength: integer('WORKFLOW_VARIABLE_TRUNCATION_ARRAY_LENGTH', 1_000, { min: 1 }),
  maxParallelDepth: integer('WORKFLOW_PARALLEL_DEPTH_LIMIT', 3),
  maxParallelBranches: integer('MAX_PARALLEL_LIMIT', 10, { min: 1 }),
  maxLoopCount: integer('LOOP_NODE_MAX_COUNT', 100, { min: 1 }),
  maxTreeDepth: integer('MAX_TREE_DEPTH', 50, { min: 1 }),
  concurrency: integer('GRAPH_ENGINE_MAX_WORKERS', 10, { min: 1 }),
  maxTools: integer('MAX_TOOLS_NUM', 10),
  maxIterations: integer('MAX_ITERATIONS_NUM', 99, { min: 1 }),
};

/** Forms that runs wait for. */
export const formFields = {
  /** No run waits longer for an answer. */
  longestWaitMs: duration('HUMAN_INPUT_GLOBAL_TIMEOUT_SECONDS', 604_800, 'seconds'),
  /** How often one address may open or answer forms by their links. */
  attemptsPerAddress: integer('WEB_FORM_SUBMIT_RATE_LIMIT_MAX_ATTEMPTS', 30, { min: 1 }),
  attemptWindowMs: duration('WEB_FORM_SUBMIT_RATE_LIMIT_WINDOW_SECONDS', 60, 'seconds'),
};

/** Schedules of published workflows. */
export const scheduleFields = {
  enabled: flag('ENABLE_WORKFLOW_SCHEDULE_POLLER_TASK', true),
  intervalMs: duration('WORKFLOW_SCHEDULE_POLLER_INTERVAL', 1, 'minutes'),
  batchSize: integer('WORKFLOW_SCHEDULE_POLLER_BATCH_SIZE', 100, { min: 1 }),
  /** 0 is no limit. */
  maxPerTick: integer('WORKFLOW_SCHEDULE_MAX_DISPATCH_PER_TICK', 0),
};

/** Content moderation of answers. */
export const moderationFields = {
  /** Characters of new text after which an answer is checked again. */
  bufferCharacters: integer('MODERATION_BUFFER_SIZE', 300, { min: 1 }),
  /** Whether an answer that could not be checked fails, instead of being let through. */
  failClosed: flag('MODERATION_FAIL_CLOSED', false),
};

/** Packages that people install. */
export const pluginFields = {
  maxPackageBytes: integer('PLUGIN_MAX_PACKAGE_SIZE', 52_428_800),
  requireSignature: flag('FORCE_VERIFYING_SIGNATURE', true),
};

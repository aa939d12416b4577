import { formFields, type PromptConfig } from './prompt-config.ts';

/** Upload limits that clients are told, in megabytes and counts. */
export interface UploadLimits {
  fileMegabytes: number;
  imageMegabytes: number;
  audioMegabytes: number;
  videoMegabytes: number;
  filesPerRun: number;
  batchCount: number;
}

/** What `GET /parameters` tells of a prompt app (spec: service API §14.2). */
export function toParameters(config: PromptConfig, limits: UploadLimits) {
  const image = config.file_upload?.image;
  return {
    opening_statement: config.opening_statement ?? null,
    suggested_questions: config.suggested_questions ?? [],
    suggested_questions_after_answer: config.suggested_questions_after_answer,
    speech_to_text: config.speech_to_text,
    text_to_speech: config.text_to_speech,
    retriever_resource: config.retriever_resource,
    annotation_reply: config.annotation_reply,
    more_like_this: config.more_like_this,
    user_input_form: formFields(config).map((field) => ({ [field.control]: field.settings })),
    sensitive_word_avoidance: publicModeration(config),
    file_upload: {
      ...(config.file_upload ?? {}),
      image: image ?? {
        enabled: false,
        number_limits: 3,
        detail: 'high',
        transfer_methods: ['remote_url', 'local_file'],
      },
      fileUploadConfig: {
        file_size_limit: limits.fileMegabytes,
        image_file_size_limit: limits.imageMegabytes,
        audio_file_size_limit: limits.audioMegabytes,
        video_file_size_limit: limits.videoMegabytes,
        workflow_file_upload_limit: limits.filesPerRun,
        batch_count_limit: limits.batchCount,
      },
    },
    system_parameters: {
      file_size_limit: limits.fileMegabytes,
      image_file_size_limit: limits.imageMegabytes,
      audio_file_size_limit: limits.audioMegabytes,
      video_file_size_limit: limits.videoMegabytes,
      workflow_file_upload_limit: limits.filesPerRun,
    },
  };
}

/** Callers learn that words are filtered, never which ones. */
function publicModeration(config: PromptConfig) {
  const { enabled, type } = config.sensitive_word_avoidance;
  return { enabled, type, configs: [] };
}

import { describe, expect, it } from 'vitest';
import { featureIssues, parseFeatures } from './schema.ts';

describe('parseFeatures', () => {
  it('knows the defaults of everything', () => {
    expect(parseFeatures({})).toEqual({
      opening_statement: '',
      suggested_questions: [],
      suggested_questions_after_answer: { enabled: false, model: null, prompt: '' },
      speech_to_text: { enabled: false },
      text_to_speech: { enabled: false, voice: '', language: '', autoPlay: 'disabled' },
      retriever_resource: { enabled: false },
      sensitive_word_avoidance: { enabled: false, type: '', config: {} },
      file_upload: {
        enabled: false,
        allowed_file_types: [],
        allowed_file_extensions: [],
        allowed_file_upload_methods: [],
        number_limits: 3,
        detail: 'high',
      },
    });
  });

  it('reads the image block of old files as uploads of images', () => {
    const image = { enabled: true, number_limits: 2, transfer_methods: ['remote_url'], detail: 'low' };
    expect(parseFeatures({ file_upload: { image } }).file_upload).toEqual({
      enabled: true,
      allowed_file_types: ['image'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: ['remote_url'],
      number_limits: 2,
      detail: 'low',
    });
    expect(parseFeatures({ file_upload: { image: { enabled: true } } }).file_upload).toMatchObject({
      allowed_file_upload_methods: ['local_file', 'remote_url'],
      number_limits: 3,
    });
  });

  it('lets the keys of today win over the image block', () => {
    const stored = { enabled: false, allowed_file_types: ['document'], image: { enabled: true } };
    expect(parseFeatures({ file_upload: stored }).file_upload).toMatchObject({
      enabled: false,
      allowed_file_types: ['document'],
    });
  });

  it('takes for missing what cannot be read, and keeps the rest', () => {
    const read = parseFeatures({ opening_statement: 'hi', suggested_questions: 7, own: 1 });
    expect(read).toMatchObject({ opening_statement: 'hi', suggested_questions: [], own: 1 });
  });

  it('clears voice and language of speech that is switched off', () => {
    const speech = { enabled: false, voice: 'v', language: 'l' };
    expect(parseFeatures({ text_to_speech: speech }).text_to_speech).toMatchObject({
      voice: '',
      language: '',
    });
  });
});

describe('featureIssues', () => {
  const moderation = (type: string, config: object) => ({
    sensitive_word_avoidance: { enabled: true, type, config },
  });
  const preset = { enabled: true, preset_response: 'no' };

  it.each<[features: object, paths: string[]]>([
    [{}, []],
    [
      { suggested_questions_after_answer: { enabled: true, prompt: 'x'.repeat(1001) } },
      ['suggested_questions_after_answer.prompt'],
    ],
    [{ suggested_questions: 'x' }, ['suggested_questions']],
    [{ file_upload: { enabled: true, allowed_file_types: ['film'] } }, ['file_upload.allowed_file_types.0']],
    [{ file_upload: { enabled: true, number_limits: 0 } }, ['file_upload.number_limits']],
    [moderation('', { inputs_config: preset }), ['sensitive_word_avoidance.type']],
    [moderation('openai_moderation', {}), ['sensitive_word_avoidance.config']],
    [moderation('keywords', { keywords: 'a', inputs_config: preset }), []],
    [moderation('keywords', { inputs_config: preset }), ['sensitive_word_avoidance.config.keywords']],
    [
      moderation('keywords', { keywords: 'a\n'.repeat(100), inputs_config: preset }),
      ['sensitive_word_avoidance.config.keywords'],
    ],
    [
      moderation('keywords', { keywords: 'a'.repeat(10_001), outputs_config: preset }),
      ['sensitive_word_avoidance.config.keywords'],
    ],
    [
      moderation('openai_moderation', { inputs_config: { enabled: true } }),
      ['sensitive_word_avoidance.config.inputs_config.preset_response'],
    ],
    [
      moderation('openai_moderation', {
        outputs_config: { enabled: true, preset_response: 'x'.repeat(101) },
      }),
      ['sensitive_word_avoidance.config.outputs_config.preset_response'],
    ],
    [
      moderation('api', { inputs_config: { enabled: true } }),
      ['sensitive_word_avoidance.config.api_based_extension_id'],
    ],
    [{ sensitive_word_avoidance: { enabled: false, type: 'keywords', config: {} } }, []],
  ])('of %j in a chatflow are at %j', (features, paths) => {
    expect(featureIssues(features, 'advanced-chat').map((issue) => issue.path)).toEqual(paths);
  });

  it('of a workflow are asked only for what it uses', () => {
    expect(featureIssues({ suggested_questions: 'x' }, 'workflow')).toEqual([]);
    expect(featureIssues({ file_upload: { number_limits: 0 } }, 'workflow')).toHaveLength(1);
    expect(featureIssues([], 'workflow')).toHaveLength(1);
  });
});

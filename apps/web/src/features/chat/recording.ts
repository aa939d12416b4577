/** Sound that is being taken from the microphone. */
export interface Recording {
  /** Ends it and gives the sound. */
  finish(): Promise<File>;
  /** Ends it and forgets the sound. */
  cancel(): void;
}

/** Types that browsers record and the API takes, the most usual first. */
const types = [
  { mimeType: 'audio/webm', extension: 'webm' },
  { mimeType: 'audio/mp4', extension: 'm4a' },
  { mimeType: 'audio/ogg', extension: 'ogg' },
] as const;

/** Takes sound from the microphone. Throws `DOMException` when the person or the device refuses. */
export async function startRecording(): Promise<Recording> {
  // Absent on pages that were not reached by HTTPS.
  if (!navigator.mediaDevices) throw new DOMException('There is no microphone.', 'NotFoundError');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = types.find(({ mimeType }) => MediaRecorder.isTypeSupported(mimeType)) ?? types[0];
  const recorder = new MediaRecorder(stream, { mimeType: type.mimeType });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => void parts.push(data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve()));
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  recorder.start();
  return {
    finish: async () => {
      stop();
      await stopped;
      return new File(parts, `recording.${type.extension}`, { type: type.mimeType });
    },
    cancel: stop,
  };
}

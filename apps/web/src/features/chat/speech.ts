import { createStore } from 'zustand/vanilla';

/** Sound of the page: at most one answer is read aloud at a time. */
interface SpeechState {
  /** The answer that is read, or is about to be. */
  readonly key: string | undefined;
  readonly phase: 'loading' | 'playing' | undefined;
  /** Reads an answer aloud, or stops when it is the one being read. Throws when the sound cannot be had. */
  readonly toggle: (key: string, load: (signal: AbortSignal) => Promise<Blob>) => Promise<void>;
  /** Takes a piece of an answer that is spoken while it is written: base64 of MP3; empty at its end. */
  readonly addFragment: (key: string, fragment: string) => void;
  readonly stop: () => void;
}

const mediaType = 'audio/mpeg';

/** See {@link SpeechState}. */
export const speech = createStore<SpeechState>()((set, get) => {
  let audio: HTMLAudioElement | undefined;
  let loading: AbortController | undefined;
  let stream: FragmentStream | undefined;

  const release = () => {
    loading?.abort();
    if (audio) {
      audio.pause();
      URL.revokeObjectURL(audio.src);
    }
    loading = undefined;
    audio = undefined;
    stream = undefined;
  };
  const stop = () => {
    release();
    set({ key: undefined, phase: undefined });
  };
  const play = async (key: string, source: Blob | MediaSource) => {
    const player = new Audio(URL.createObjectURL(source));
    audio = player;
    const ended = () => {
      if (audio === player) stop();
    };
    player.addEventListener('ended', ended);
    player.addEventListener('error', ended);
    set({ key, phase: 'playing' });
    // Browsers refuse sound on pages that nobody has touched: silence then, not an error.
    await player.play().catch(ended);
  };

  return {
    key: undefined,
    phase: undefined,
    toggle: async (key, load) => {
      const running = get().key === key;
      stop();
      if (running) return;
      const controller = new AbortController();
      loading = controller;
      set({ key, phase: 'loading' });
      try {
        const sound = await load(controller.signal);
        if (!controller.signal.aborted) await play(key, sound);
      } catch (error) {
        if (controller.signal.aborted) return;
        stop();
        throw error;
      }
    },
    addFragment: (key, fragment) => {
      if (get().key !== key || !stream) {
        if (fragment === '') return;
        release();
        set({ key, phase: 'loading' });
        stream = openFragmentStream((source) => void play(key, source));
      }
      if (fragment === '') stream?.end();
      else stream?.add(Uint8Array.from(atob(fragment), (character) => character.charCodeAt(0)));
    },
    stop,
  };
});

interface FragmentStream {
  readonly add: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly end: () => void;
}

/** Plays pieces as they come where the browser can; else all of them at the end. */
function openFragmentStream(play: (source: Blob | MediaSource) => void): FragmentStream {
  if (!globalThis.MediaSource?.isTypeSupported(mediaType)) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    return {
      add: (bytes) => void parts.push(bytes),
      end: () => play(new Blob(parts, { type: mediaType })),
    };
  }
  const media = new MediaSource();
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let buffer: SourceBuffer | undefined;
  let ended = false;
  const pump = () => {
    if (!buffer || buffer.updating || media.readyState !== 'open') return;
    const next = waiting.shift();
    if (next) buffer.appendBuffer(next);
    else if (ended) media.endOfStream();
  };
  media.addEventListener('sourceopen', () => {
    buffer = media.addSourceBuffer(mediaType);
    buffer.addEventListener('updateend', pump);
    pump();
  });
  play(media);
  return {
    add: (bytes) => {
      waiting.push(bytes);
      pump();
    },
    end: () => {
      ended = true;
      pump();
    },
  };
}

/** How an app stands in another site: as a button that opens a chat, or as a part of the page. */
export type EmbedKind = 'bubble' | 'frame';

/** Which app, and where. */
interface EmbedTarget {
  /** Where visitors reach the web app, without a slash at the end. */
  readonly origin: string;
  /** Site code of the app. */
  readonly code: string;
  readonly mode: string;
}

/** The HTML to paste; its names are a contract (spec: service API §20). */
export function embedSnippet(kind: EmbedKind, { origin, code, mode }: EmbedTarget): string {
  if (kind === 'frame') {
    const page = mode === 'completion' || mode === 'workflow' ? mode : 'chatbot';
    return `<iframe
  src="${origin}/${page}/${code}"
  style="width: 100%; height: 100%; min-height: 700px"
  frameborder="0"
  allow="microphone">
</iframe>`;
  }
  return `<script>
  window.difyChatbotConfig = {
    token: '${code}',
    baseUrl: '${origin}',
    inputs: {
      // name of a variable: its value
    },
    systemVariables: {
      // user_id: 'your own id of the person'
    },
    userVariables: {
      // name: 'shown beside the questions', avatar_url: 'https://…'
    },
  }
</script>
<script src="${origin}/embed.min.js" id="${code}" defer></script>
<style>
  #dify-chatbot-bubble-button { --dify-chatbot-bubble-button-bg-color: #1f7a4d; }
</style>`;
}

import {
  Blocks,
  BookOpenText,
  Bot,
  Braces,
  CalendarClock,
  Code,
  Database,
  FileText,
  Flag,
  Globe,
  type LucideIcon,
  MessageSquareReply,
  PenLine,
  Play,
  Repeat,
  Route,
  SlidersHorizontal,
  Sparkles,
  Split,
  Tags,
  UserCheck,
  Webhook,
  Workflow,
  Wrench,
} from 'lucide-react';
import { cx } from '../../lib/cx.ts';

/** What nodes have in common; each family has a hue. */
type Family = 'flow' | 'model' | 'knowledge' | 'logic' | 'transform' | 'tools';

const looks: Readonly<Record<string, readonly [Family, LucideIcon]>> = {
  start: ['flow', Play],
  end: ['flow', Flag],
  answer: ['flow', MessageSquareReply],
  'human-input': ['flow', UserCheck],
  'trigger-webhook': ['flow', Webhook],
  'trigger-schedule': ['flow', CalendarClock],
  'trigger-plugin': ['flow', Blocks],
  llm: ['model', Sparkles],
  agent: ['model', Bot],
  'question-classifier': ['model', Tags],
  'parameter-extractor': ['model', Braces],
  'knowledge-retrieval': ['knowledge', BookOpenText],
  'document-extractor': ['knowledge', FileText],
  datasource: ['knowledge', Database],
  'knowledge-index': ['knowledge', Database],
  'if-else': ['logic', Split],
  iteration: ['logic', Repeat],
  loop: ['logic', Repeat],
  'iteration-start': ['logic', Play],
  'loop-start': ['logic', Play],
  'loop-end': ['logic', Flag],
  'variable-aggregator': ['logic', Route],
  'template-transform': ['transform', PenLine],
  code: ['transform', Code],
  assigner: ['transform', PenLine],
  'list-operator': ['transform', SlidersHorizontal],
  'http-request': ['tools', Globe],
  tool: ['tools', Wrench],
};

const hues: Readonly<Record<Family, string>> = {
  flow: 'var(--node-flow)',
  model: 'var(--node-model)',
  knowledge: 'var(--node-knowledge)',
  logic: 'var(--node-logic)',
  transform: 'var(--node-transform)',
  tools: 'var(--node-tools)',
};

function lookOf(type: string): readonly [Family, LucideIcon] {
  return looks[type] ?? ['tools', Workflow];
}

/** The hue of a node's family, for its 3 px edge. */
export function nodeHue(type: string): string {
  return hues[lookOf(type)[0]];
}

/** A node's icon in the tint of its family. */
export function NodeIcon({ type, className }: { type: string; className?: string }) {
  const [, Icon] = lookOf(type);
  return (
    <Icon aria-hidden="true" className={cx('size-4 shrink-0', className)} style={{ color: nodeHue(type) }} />
  );
}

import 'katex/dist/katex.min.css';

/** Formulas between double dollars, drawn by KaTeX. */
export { math } from '@streamdown/math';

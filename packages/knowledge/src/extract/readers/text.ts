import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

/** Text as it stands, markup and source code included. */
export const readText: Reader = ({ bytes }) => wholeText(decodeText(bytes));

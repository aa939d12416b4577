/** What a QuickJS context gets before user code: a console, base64, and the runner's own JSON functions. */
export const prelude = `{
  const print = globalThis.trellisPrint;
  delete globalThis.trellisPrint;
  const { parse, stringify } = JSON;
  Object.defineProperty(globalThis, 'trellisHost', { value: Object.freeze({ parse, stringify }) });
  const show = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value.stack ? String(value) + '\\n' + value.stack : String(value);
    if (typeof value === 'object' && value !== null) {
      try { return stringify(value); } catch { return Object.prototype.toString.call(value); }
    }
    return typeof value === 'function' ? '[Function]' : String(value);
  };
  const log = (...values) => print(values.map(show).join(' '));
  globalThis.console = { log, info: log, debug: log, warn: log, error: log };
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  globalThis.btoa = (text) => {
    let result = '';
    const codes = Array.from(String(text), (character) => character.charCodeAt(0));
    if (codes.some((code) => code > 255)) throw new RangeError('Invalid character');
    for (let index = 0; index < codes.length; index += 3) {
      const bits = (codes[index] << 16) | ((codes[index + 1] ?? 0) << 8) | (codes[index + 2] ?? 0);
      for (let part = 0; part < 4; part += 1) {
        result += index + part > codes.length ? '=' : alphabet[(bits >> (18 - 6 * part)) & 63];
      }
    }
    return result;
  };
  globalThis.atob = (text) => {
    let result = '';
    let bits = 0;
    let count = 0;
    for (const character of String(text).replace(/[\\s=]/g, '')) {
      const value = alphabet.indexOf(character);
      if (value < 0) throw new RangeError('Invalid character');
      bits = (bits << 6) | value;
      count += 6;
      if (count >= 8) {
        count -= 8;
        result += String.fromCharCode((bits >> count) & 255);
      }
    }
    return result;
  };
}`;

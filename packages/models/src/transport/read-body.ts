const maxBodyBytes = 64 * 1024 * 1024;

/** Reads a whole body of at most 64 MB. */
export async function readBytes(body: AsyncIterable<Uint8Array>, maxBytes = maxBodyBytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > maxBytes) throw new RangeError(`The answer is larger than ${maxBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

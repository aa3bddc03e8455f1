// Reading the binary message of sim/live/binary.py: a JSON head and typed columns over the same buffer.

const KINDS = { u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

/** Head and columns of a message; throws when it is none. */
export function decode(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 8 || view.getUint32(0, false) !== 0x43534c31) throw new Error("not a message of the live view");
  const end = 8 + view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, end - 8)));
  const columns = {};
  for (const [name, kind, size, offset] of head.columns) columns[name] = new KINDS[kind](buffer, end + offset, size);
  return { head, columns };
}

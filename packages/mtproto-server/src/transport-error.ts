/** An error that the transport sends as four bytes: 404 for an unknown key or a wrong key exchange, 444 for the wrong data centre. */
export class TransportError extends Error {
  override name = "TransportError";
  readonly code: number;

  constructor(code: number) {
    super(`transport error ${code}`);
    this.code = code;
  }
}

/** Encodes the four bytes of a transport error. */
export function encodeTransportError({ code }: TransportError): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeInt32LE(-code);
  return payload;
}

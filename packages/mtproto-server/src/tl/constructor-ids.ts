/** Constructor ids that no layer's schema has: they belong to TL itself and to the messages of the protocol. */
export const vectorId = 0x1cb5c415;

/** The value true. */
export const boolTrue = 0x997275b5;

/** The value false. */
export const boolFalse = 0xbc799737;

/** A container of messages. */
export const msgContainer = 0x73f1f8dc;

/** A compressed object. */
export const gzipPacked = 0x3072cfa1;

/** The answer to a method. */
export const rpcResult = 0xf35c6d01;

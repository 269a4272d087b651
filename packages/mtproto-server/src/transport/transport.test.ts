import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAbridgedFraming } from "./abridged.ts";
import { createDetectedFraming } from "./detect.ts";
import { FrameError, type Framing } from "./framing.ts";
import { createFullFraming } from "./full.ts";
import { createIntermediateFraming, createPaddedFraming } from "./intermediate.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const payload = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_none, index) => (index * 7 + 1) % 251));

/** What comes out where every byte arrives alone. */
const trickled = (framing: Framing, bytes: Buffer): Buffer[] =>
  [...bytes].flatMap((byte) => framing.read(Buffer.from([byte])));

describe("the full transport", () => {
  const first = hex("10000000 00000000 01020304 b4c57640");

  test("the full transport frames length, number, payload and CRC32", () => {
    expect(createFullFraming().wrap(hex("01020304")).subarray(0, 12)).toEqual(first.subarray(0, 12));
    expect(createFullFraming().read(createFullFraming().wrap(hex("01020304")))).toEqual([hex("01020304")]);
  });

  test("the full transport counts from 0 in each direction and accepts the next number only", () => {
    const [sender, receiver] = [createFullFraming(), createFullFraming()];
    const frames = [sender.wrap(payload(4)), sender.wrap(payload(8))];
    expect(frames.map((frame) => frame.readInt32LE(4))).toEqual([0, 1]);
    expect(receiver.read(Buffer.concat(frames))).toEqual([payload(4), payload(8)]);
    expect(() => createFullFraming().read(frames[1] ?? payload(0))).toThrow(FrameError);
  });

  test("the full transport refuses a wrong CRC and a length below its own", () => {
    const frame = createFullFraming().wrap(payload(8));
    frame.writeUInt8(frame.readUInt8(9) ^ 1, 9);
    expect(() => createFullFraming().read(frame)).toThrow("CRC");
    expect(() => createFullFraming().read(hex("0b000000"))).toThrow(FrameError);
    expect(() => createFullFraming().read(hex("ffffff7f"))).toThrow(FrameError);
  });
});

describe("the abridged transport", () => {
  test("the abridged transport writes the number of words in one byte, or in three after 7f", () => {
    expect(createAbridgedFraming().wrap(hex("01020304 05060708"))).toEqual(hex("02 01020304 05060708"));
    expect(
      createAbridgedFraming()
        .wrap(payload(126 * 4))
        .subarray(0, 1),
    ).toEqual(hex("7e"));
    expect(
      createAbridgedFraming()
        .wrap(payload(127 * 4))
        .subarray(0, 4),
    ).toEqual(hex("7f 7f0000"));
    expect(
      createAbridgedFraming()
        .wrap(payload(300 * 4))
        .subarray(0, 4),
    ).toEqual(hex("7f 2c0100"));
  });

  test("the abridged transport ignores the top bit, which asks for a quick acknowledgment", () => {
    expect(createAbridgedFraming().read(hex("81 01020304"))).toEqual([hex("01020304")]);
    expect(createAbridgedFraming().read(hex("ff 010000 01020304"))).toEqual([hex("01020304")]);
  });
});

describe("the intermediate transport", () => {
  test("the intermediate transport writes the length in four bytes", () => {
    expect(createIntermediateFraming().wrap(hex("01020304"))).toEqual(hex("04000000 01020304"));
    expect(createIntermediateFraming().read(hex("04000080 01020304"))).toEqual([hex("01020304")]);
  });

  test("the padded intermediate transport removes the padding after a plain message and after whole blocks", () => {
    const plain = Buffer.concat([hex("0000000000000000 0100000000000000 08000000"), payload(8)]);
    const sealed = Buffer.concat([hex("0100000000000000"), payload(16 + 48)]);
    for (const whole of [plain, sealed]) {
      const padded = createIntermediateFraming().wrap(Buffer.concat([whole, payload(13)]));
      expect(createPaddedFraming().read(padded)).toEqual([whole]);
      expect(createPaddedFraming().read(createPaddedFraming().wrap(whole))).toEqual([whole]);
    }
  });

  test("the padded intermediate transport sends a transport error without padding", () => {
    expect(createPaddedFraming().wrap(hex("6cfeffff"))).toEqual(hex("04000000 6cfeffff"));
  });
});

/** A client's obfuscated greeting, and its cipher after that. */
function obfuscatedClient(tag: string) {
  const header = Buffer.from(payload(64));
  hex(tag).copy(header, 56);
  const cipher = createCipheriv("aes-256-ctr", header.subarray(8, 40), header.subarray(40, 56));
  const sealed = cipher.update(header);
  sealed.copy(header, 56, 56);
  return { header, seal: (bytes: Buffer) => cipher.update(bytes) };
}

/** What the server says back is under the same bytes, backwards. */
function opened(header: Buffer, bytes: Buffer): Buffer {
  const reversed = Buffer.from(header.subarray(8, 56).toReversed());
  return createCipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32)).update(bytes);
}

describe("the transport is detected by its first bytes", () => {
  const content = Buffer.concat([hex("0000000000000000 0100000000000000 14000000"), payload(20)]);

  test.each<[string, Buffer]>([
    ["full", createFullFraming().wrap(content)],
    ["abridged", Buffer.concat([hex("ef"), createAbridgedFraming().wrap(content)])],
    ["intermediate", Buffer.concat([hex("eeeeeeee"), createIntermediateFraming().wrap(content)])],
    ["padded intermediate", Buffer.concat([hex("dddddddd"), createPaddedFraming().wrap(content)])],
  ])("%s", (_name, bytes) => {
    expect(createDetectedFraming().read(bytes)).toEqual([content]);
    expect(trickled(createDetectedFraming(), bytes)).toEqual([content]);
  });

  test.each<[string, () => Framing]>([
    ["efefefef", createAbridgedFraming],
    ["eeeeeeee", createIntermediateFraming],
    ["dddddddd", createPaddedFraming],
  ])("obfuscated, with %s inside", (tag, inner) => {
    const { header, seal } = obfuscatedClient(tag);
    const framing = createDetectedFraming();
    const sealed = seal(inner().wrap(content));
    expect(trickled(framing, Buffer.concat([header, sealed]))).toEqual([content]);
    expect(inner().read(opened(header, framing.wrap(content)))).toEqual([content]);
  });

  test("HTTP and an unknown tag are detected as no transport", () => {
    expect(() => createDetectedFraming().read(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow(FrameError);
    expect(() => createDetectedFraming().read(obfuscatedClient("12345678").header)).toThrow(FrameError);
    expect(() => createDetectedFraming().wrap(content)).toThrow(FrameError);
  });
});

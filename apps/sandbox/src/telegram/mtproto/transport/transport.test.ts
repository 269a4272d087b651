import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { abridgedFraming } from "./abridged.ts";
import { detectedFraming } from "./detect.ts";
import { BrokenFrame, type Framing } from "./framing.ts";
import { fullFraming } from "./full.ts";
import { intermediateFraming, paddedFraming } from "./intermediate.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const payload = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_none, index) => (index * 7 + 1) % 251));

/** What comes out where every byte arrives alone. */
const trickled = (framing: Framing, bytes: Buffer): Buffer[] =>
  [...bytes].flatMap((byte) => framing.read(Buffer.from([byte])));

describe("full", () => {
  const first = hex("10000000 00000000 01020304 b4c57640");

  test("is length, number, payload and CRC32", () => {
    expect(fullFraming().frame(hex("01020304")).subarray(0, 12)).toEqual(first.subarray(0, 12));
    expect(fullFraming().read(fullFraming().frame(hex("01020304")))).toEqual([hex("01020304")]);
  });

  test("counts from 0 in each direction, and takes no number but the next", () => {
    const [sender, receiver] = [fullFraming(), fullFraming()];
    const frames = [sender.frame(payload(4)), sender.frame(payload(8))];
    expect(frames.map((frame) => frame.readInt32LE(4))).toEqual([0, 1]);
    expect(receiver.read(Buffer.concat(frames))).toEqual([payload(4), payload(8)]);
    expect(() => fullFraming().read(frames[1] ?? payload(0))).toThrow(BrokenFrame);
  });

  test("takes no wrong CRC and no length below its own", () => {
    const frame = fullFraming().frame(payload(8));
    frame.writeUInt8(frame.readUInt8(9) ^ 1, 9);
    expect(() => fullFraming().read(frame)).toThrow("CRC");
    expect(() => fullFraming().read(hex("0b000000"))).toThrow(BrokenFrame);
    expect(() => fullFraming().read(hex("ffffff7f"))).toThrow(BrokenFrame);
  });
});

describe("abridged", () => {
  test("is the number of words in one byte, or in three behind 7f", () => {
    expect(abridgedFraming().frame(hex("01020304 05060708"))).toEqual(hex("02 01020304 05060708"));
    expect(
      abridgedFraming()
        .frame(payload(126 * 4))
        .subarray(0, 1),
    ).toEqual(hex("7e"));
    expect(
      abridgedFraming()
        .frame(payload(127 * 4))
        .subarray(0, 4),
    ).toEqual(hex("7f 7f0000"));
    expect(
      abridgedFraming()
        .frame(payload(300 * 4))
        .subarray(0, 4),
    ).toEqual(hex("7f 2c0100"));
  });

  test("may ask for a quick acknowledgment by its top bit", () => {
    expect(abridgedFraming().read(hex("81 01020304"))).toEqual([hex("01020304")]);
    expect(abridgedFraming().read(hex("ff 010000 01020304"))).toEqual([hex("01020304")]);
  });
});

describe("intermediate", () => {
  test("is the length in four bytes", () => {
    expect(intermediateFraming().frame(hex("01020304"))).toEqual(hex("04000000 01020304"));
    expect(intermediateFraming().read(hex("04000080 01020304"))).toEqual([hex("01020304")]);
  });

  test("with padding loses what is behind a plain message or behind whole blocks", () => {
    const plain = Buffer.concat([hex("0000000000000000 0100000000000000 08000000"), payload(8)]);
    const sealed = Buffer.concat([hex("0100000000000000"), payload(16 + 48)]);
    for (const whole of [plain, sealed]) {
      const padded = intermediateFraming().frame(Buffer.concat([whole, payload(13)]));
      expect(paddedFraming().read(padded)).toEqual([whole]);
      expect(paddedFraming().read(paddedFraming().frame(whole))).toEqual([whole]);
    }
  });

  test("with padding says a transport error bare", () => {
    expect(paddedFraming().frame(hex("6cfeffff"))).toEqual(hex("04000000 6cfeffff"));
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

describe("the transport is told by its first bytes", () => {
  const content = Buffer.concat([hex("0000000000000000 0100000000000000 14000000"), payload(20)]);

  test.each<[string, Buffer]>([
    ["full", fullFraming().frame(content)],
    ["abridged", Buffer.concat([hex("ef"), abridgedFraming().frame(content)])],
    ["intermediate", Buffer.concat([hex("eeeeeeee"), intermediateFraming().frame(content)])],
    ["padded intermediate", Buffer.concat([hex("dddddddd"), paddedFraming().frame(content)])],
  ])("%s", (_name, bytes) => {
    expect(detectedFraming().read(bytes)).toEqual([content]);
    expect(trickled(detectedFraming(), bytes)).toEqual([content]);
  });

  test.each<[string, () => Framing]>([
    ["efefefef", abridgedFraming],
    ["eeeeeeee", intermediateFraming],
    ["dddddddd", paddedFraming],
  ])("obfuscated, with %s inside", (tag, inner) => {
    const { header, seal } = obfuscatedClient(tag);
    const framing = detectedFraming();
    const sealed = seal(inner().frame(content));
    expect(trickled(framing, Buffer.concat([header, sealed]))).toEqual([content]);
    expect(inner().read(opened(header, framing.frame(content)))).toEqual([content]);
  });

  test("HTTP and an unknown tag are none", () => {
    expect(() => detectedFraming().read(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow(BrokenFrame);
    expect(() => detectedFraming().read(obfuscatedClient("12345678").header)).toThrow(BrokenFrame);
    expect(() => detectedFraming().frame(content)).toThrow(BrokenFrame);
  });
});

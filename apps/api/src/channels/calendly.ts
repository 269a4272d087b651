import { usualFace } from "./face.ts";

export const calendly = usualFace;

import { usualFace, type Face } from "./face.ts";

export const zoom: Face = {
  ...usualFace,
  landing: ({ ticket }) => ({ zoom_code: ticket }),
};

import { days } from "../../clock.ts";
import type { ApiMethods, TelegramState } from "../state.ts";
import { toUnixTime } from "../tl-objects.ts";

/** Methods that clients call before they log in. The MTProto server itself answers those about data centres. */
export function helpMethods({ clock }: TelegramState): ApiMethods {
  return {
    "help.getAppConfig": () => ({ _: "help.appConfig", hash: 1, config: { _: "jsonObject", value: [] } }),
    "help.getCountriesList": () => ({ _: "help.countriesList", countries: [], hash: 1 }),
    "help.getTermsOfServiceUpdate": () => ({
      _: "help.termsOfServiceUpdateEmpty",
      expires: toUnixTime(clock.now() + days(1)),
    }),
  };
}

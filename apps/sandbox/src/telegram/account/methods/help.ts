import { days } from "../../../clock.ts";
import type { Methods, Registry } from "../accounts.ts";
import { unixTime } from "../shapes.ts";

/** What clients ask before anybody is logged in; the protocol server itself tells of the data centres. */
export function helpMethods({ clock }: Registry): Methods {
  return {
    "help.getAppConfig": () => ({ _: "help.appConfig", hash: 1, config: { _: "jsonObject", value: [] } }),
    "help.getCountriesList": () => ({ _: "help.countriesList", countries: [], hash: 1 }),
    "help.getTermsOfServiceUpdate": () => ({
      _: "help.termsOfServiceUpdateEmpty",
      expires: unixTime(clock.now() + days(1)),
    }),
  };
}

import { connecting } from "../support/connecting.ts";
import { shopify } from "../support/providers.ts";
import { snippetsOf } from "../support/snippets.ts";

connecting(shopify);
snippetsOf(shopify);

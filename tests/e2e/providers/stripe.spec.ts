import { connecting } from "../support/connecting.ts";
import { stripe } from "../support/providers.ts";
import { snippetsOf } from "../support/snippets.ts";

connecting(stripe);
snippetsOf(stripe);

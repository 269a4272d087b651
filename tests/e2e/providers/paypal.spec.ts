import { connecting } from "../support/connecting.ts";
import { paypal } from "../support/providers.ts";
import { snippetsOf } from "../support/snippets.ts";

connecting(paypal);
snippetsOf(paypal);

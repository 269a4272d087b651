import { connecting } from "../support/connecting.ts";
import { calendly } from "../support/providers.ts";
import { snippetsOf } from "../support/snippets.ts";

connecting(calendly);
snippetsOf(calendly);

import { connecting } from "../support/connecting.ts";
import { zoom } from "../support/providers.ts";
import { snippetsOf } from "../support/snippets.ts";

connecting(zoom);
snippetsOf(zoom);

/** The handlers that are written by hand, by the instruction they are for. */

import type { WrittenHandlers } from './interpreter/written-handlers.ts';
import { stackHandlers } from './stack-handlers/register-frames.ts';
import { stringHandlers } from './string-handlers/table.ts';
import { systemHandlers } from './system-code/system-handlers.ts';
import { x87Handlers } from './x87/code/handlers.ts';

export const allHandlers: WrittenHandlers = { ...stringHandlers, ...stackHandlers, ...systemHandlers, ...x87Handlers };

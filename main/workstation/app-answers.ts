/** What concerns no machine: who we are, what a person prefers, what the log says, and which file they mean. */

import type { Preferences } from '../../core/protocol/preferences.ts';
import type { About } from '../../core/protocol/requests.ts';
import type { LogFile } from './log-file.ts';
import { type AnswersOf, type MethodsOf, Refusal } from './parts.ts';
import type { PreferencesFile } from './preferences-file.ts';

export interface AppParts {
  readonly about: About;
  readonly preferences: PreferencesFile;
  readonly logFile: LogFile;
  onPreferred(preferred: Preferences): void;
}

export function appAnswers({ about, preferences, logFile, onPreferred }: AppParts): AnswersOf<MethodsOf<'app'>> {
  return {
    'app.about': () => about,
    'app.preferences': () => preferences.current,
    'app.prefer': async (wanted) => {
      const preferred = await preferences.prefer(wanted);
      onPreferred(preferred);
      return preferred;
    },
    'app.log': () => logFile.latest,
    'app.chooseFile': async ({ purpose, suggestedName }, window) => {
      if (window.chooseFile === undefined)
        throw new Refusal('a browser shows no files of this computer; type the path');
      return window.chooseFile(purpose, suggestedName);
    },
  };
}

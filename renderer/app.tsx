/** The whole window, given a way to main. */

import './look/look.css';
import { useEffect } from 'react';
import { AboutView } from './about/about-view.tsx';
import { CommandsProvider } from './commands.ts';
import { CompareView } from './compare/compare-view.tsx';
import type { Connection } from './connection.ts';
import { HomeView } from './library/home-view.tsx';
import { MachinePage } from './library/machine-page.tsx';
import { nameOf } from './library/state-words.ts';
import { WizardDialog } from './library/wizard/wizard-dialog.tsx';
import { LogView } from './log/log-view.tsx';
import { PreferencesView } from './preferences/preferences-view.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Announcer, LostBanner, Toasts } from './shell/notices.tsx';
import { Palette } from './shell/palette.tsx';
import type { Place } from './shell/place.ts';
import { QuestionsProvider } from './shell/questions.tsx';
import { ShortcutsDialog } from './shell/shortcuts-dialog.tsx';
import { SideBar } from './shell/side-bar.tsx';
import { useTheme, useThemeOnPage } from './shell/theme.ts';
import { TopBar } from './shell/top-bar.tsx';
import { usePlace } from './shell/use-place.ts';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { useWindowCommands } from './shell/use-window-commands.ts';
import { useMachine, usePreferences, WorkstationProvider } from './store.ts';

export function App({ connection }: { connection: Connection }) {
  return (
    <WorkstationProvider connection={connection}>
      <CommandsProvider>
        <QuestionsProvider>
          <Window />
        </QuestionsProvider>
      </CommandsProvider>
    </WorkstationProvider>
  );
}

// @journey glass/window  The window draws what machines did and sends what somebody asked of them
//
// Nothing in it knows how a guest is run.  Left, the library, kept true by events; right, the place a person is at; over
// both, questions.  Commands are offered by whoever can do them just now, so a menu, a shortcut and a button can never
// disagree about what is possible.  If main dies, the glass says so and shows what it last saw.
function Window() {
  const place = usePlace();
  useThemeOnPage(useTheme(usePreferences().theme));
  useTitle(place);
  useShortcuts();
  const { open, close } = useWindowCommands();
  return (
    <div className="window">
      <TopBar />
      <LostBanner />
      <div className="window-body">
        <SideBar />
        <main className="work-area" id="work" tabIndex={-1}>
          <ErrorBoundary key={place.view} what="This view">
            <View place={place} />
          </ErrorBoundary>
        </main>
      </div>
      <Toasts />
      <Announcer />
      {open === 'new machine' && <WizardDialog onClose={close} />}
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'shortcuts' && <ShortcutsDialog onClose={close} />}
    </div>
  );
}
// @end

/** What the system's own lists of windows and tabs call this one. */
function useTitle(place: Place): void {
  const machine = useMachine(place.view === 'machine' ? place.id : '');
  const title = machine ? `${nameOf(machine)} – Astride` : 'Astride';
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function View({ place }: { place: Place }) {
  switch (place.view) {
    case 'home':
      return <HomeView />;
    case 'machine':
      return <MachinePage id={place.id} tab={place.tab} />;
    case 'compare':
      return <CompareView />;
    case 'log':
      return <LogView />;
    case 'preferences':
      return <PreferencesView />;
    case 'about':
      return <AboutView />;
    default:
      return place satisfies never;
  }
}

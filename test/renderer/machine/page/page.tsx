/** The window at one machine, with nobody behind it. */

import { createRoot } from 'react-dom/client';
import { App } from '../../../../renderer/app.tsx';
import { imaginedMachine } from './imagined-machine.ts';

const machine = imaginedMachine();
// How a test tells the machine what to print.
Object.assign(window, { machine });
if (window.location.hash === '') window.location.hash = '#at=machine/faults/console';
const place = document.getElementById('window');
if (place) createRoot(place).render(<App connection={machine.connection} />);

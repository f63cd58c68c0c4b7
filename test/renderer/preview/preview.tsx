/** The window over an imagined workstation. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '../../../renderer/app.tsx';
import { imaginedWorkstation } from './imagined-workstation.ts';

const workstation = imaginedWorkstation(window.location.search);
// For a person at the browser's own console: preview.lose(), preview.tell('log', …).
Object.assign(window, { preview: workstation });
const place = document.getElementById('window');
if (place)
  createRoot(place).render(
    <StrictMode>
      <App connection={workstation.connection} />
    </StrictMode>,
  );

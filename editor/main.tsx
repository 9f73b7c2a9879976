import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/dialog.css';
import './styles/pages.css';
import './styles/quarantine.css';
import './styles/rules.css';
import './styles/results.css';
import './styles/plots.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { pageConfig } from './config';
import { createEnvironment } from './environment';
import './styles.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const environment = createEnvironment(pageConfig());
document.documentElement.lang = environment.tag;
document.documentElement.dir = environment.direction;
createRoot(root).render(
  <StrictMode>
    <App environment={environment} />
  </StrictMode>,
);

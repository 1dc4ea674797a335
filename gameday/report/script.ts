// Niceties only: without it everything is there and can be opened one by one.
import { verbatim } from './html.ts';

export const script = verbatim`
const all = () => document.querySelectorAll('details');
for (const controls of document.querySelectorAll('.controls')) controls.hidden = false;
for (const button of document.querySelectorAll('[data-open]'))
  button.addEventListener('click', () => { for (const each of all()) each.open = button.dataset.open === 'yes'; });
let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details.prints:not([open])')];
  for (const each of closed) each.open = true;
});
addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
`;

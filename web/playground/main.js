// The frame of the page: language, tabs, the line about the model, and the place where a problem is told.
import {call} from './client.js';
import {element, fill} from './dom.js';
import {makeAsk} from './ask.js';
import {makeInside} from './inside.js';
import {makeKeep} from './keep.js';
import {makeTeach} from './teach.js';
import {currentLanguage, languages, setLanguage, text} from './strings.js';

const byId = (id) => document.getElementById(id);
const names = ['ask', 'teach', 'keep', 'inside'];

// What the four panels share. `changed` is called after every change of the model's weights.
const page = {
  model: null,
  taught: false,
  problem(error) {
    byId('problem').hidden = false;
    byId('problem').querySelector('p').textContent = error.message ?? String(error);
  },
  changed({model = page.model, taught = page.taught} = {}) {
    Object.assign(page, {model, taught});
    showModel();
    for (const panel of Object.values(panels)) panel.changed?.();
  },
};

const panels = {ask: makeAsk(page), teach: makeTeach(page), keep: makeKeep(page), inside: makeInside(page)};

function showModel() {
  const {model} = page;
  if (!model) return fill(byId('model'), text('loading'));
  const parts = [
    text('model', {
      name: model.name, layers: model.layers, hidden: model.hidden,
      parameters: (model.parameters / 1e6).toFixed(1), vocabulary: model.vocabulary.toLocaleString(),
    }),
    model.threads > 1 ? text('threads', {n: model.threads}) : text('oneThread'),
  ];
  if (page.taught) parts.push(text('taught'));
  fill(byId('model'), ...parts.map((part) => element('span', {}, part)));
}

function showLanguage() {
  document.documentElement.lang = currentLanguage() === 'zh' ? 'zh-Hans' : 'en';
  for (const marked of document.querySelectorAll('[data-text]')) marked.textContent = text(marked.dataset.text);
  for (const marked of document.querySelectorAll('[data-label]')) {
    marked.setAttribute('aria-label', text(marked.dataset.label));
  }
  const button = byId('language');
  button.textContent = text('other');
  button.setAttribute('aria-label', text('otherLabel'));
  button.lang = currentLanguage() === 'zh' ? 'en' : 'zh-Hans';
  for (const [name, panel] of Object.entries(panels)) fill(byId(name), ...panel.draw());
  showModel();
}

function showTab(name, focus = false) {
  for (const other of names) {
    const tab = byId(`tab-${other}`), chosen = other === name;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
    byId(other).hidden = !chosen;
  }
  history.replaceState(null, '', `#${name}`);
  panels[name].shown?.();
}

function listenToTabs() {
  for (const [i, name] of names.entries()) {
    byId(`tab-${name}`).onclick = () => showTab(name);
    byId(`tab-${name}`).onkeydown = (event) => {
      const to = {ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: names.length - 1}[event.key];
      if (to === undefined) return;
      event.preventDefault();
      showTab(names.at(to % names.length), true);
    };
  }
  window.onhashchange = () => names.includes(location.hash.slice(1)) && showTab(location.hash.slice(1));
}

byId('language').onclick = () => {
  setLanguage(Object.keys(languages).find((name) => name !== currentLanguage()));
  showLanguage();
};
byId('problem').querySelector('button').onclick = () => { byId('problem').hidden = true; };
window.onunhandledrejection = (event) => page.problem(event.reason);

listenToTabs();
showLanguage();
showTab(names.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'ask');
call('openShipped').then((model) => page.changed({model}), page.problem);

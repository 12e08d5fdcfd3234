#include "serve/web_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "text/language.h"

namespace rotor {
namespace {

constexpr const char* kStyle = R"css(
:root { --ink: #1d2430; --soft: #667085; --line: #d9dee7; --paper: #fff; --ground: #f4f6f9; --blue: #00008b; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { display: flex; align-items: baseline; gap: 1rem; margin-bottom: 1rem; }
h1 { font-size: 1.4rem; margin: 0; color: var(--blue); }
#model { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
form, article { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
textarea { width: 100%; min-height: 6.5rem; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: .4rem;
  color: inherit; font: inherit; resize: vertical; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: .8rem; margin-top: .7rem; }
.row label { color: var(--soft); font-size: .8rem; }
.row input { display: block; width: 5.5rem; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .4rem;
  color: var(--ink); font: inherit; }
button { padding: .45rem 1.2rem; border: 0; border-radius: .4rem; background: var(--blue); color: #fff; font: inherit;
  cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
.row button { margin-left: auto; }
.row input#key { width: 11rem; }
#status { min-height: 1.5rem; margin: .6rem .2rem; color: var(--soft); font-size: .9rem; }
#status.error { color: #b42318; }
.warning { margin: .3rem 0; padding: .3rem .6rem; border-left: 3px solid #b54708; background: #fff6e8; font-size: .9rem; }
#whole { font-size: 1.2rem; white-space: pre-wrap; overflow-wrap: anywhere; }
article { margin-bottom: .8rem; }
.source { margin: 0 0 .3rem; color: var(--soft); font-size: .9rem; }
.best { margin: 0; font-size: 1.2rem; }
.source, .best, li span { overflow-wrap: anywhere; }
ol { margin: .7rem 0 0; padding: 0; list-style: none; }
li button { display: flex; gap: .8rem; width: 100%; padding: .25rem .5rem; background: none; color: inherit;
  font-size: .95rem; text-align: left; }
li button:hover { background: var(--ground); }
li button[aria-pressed=true] { background: #e6e8f8; }
.score { flex: none; width: 4.2rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.map { margin-top: .8rem; overflow-x: auto; }
.map svg { display: block; }
svg text { fill: var(--ink); font-size: 13px; }
svg .frame { fill: none; stroke: var(--line); }
)css";

constexpr const char* kBody = R"html(<main>
<header><h1>Rotor</h1><span id="model"></span></header>
<form id="form">
<textarea id="text" aria-label="Text to translate" placeholder="Type a text here" autofocus></textarea>
<div class="row">
<label>Hypotheses<input id="nbest" type="number" min="1"></label>
<label>Beam<input id="beam" type="number" min="1"></label>
<label>Length penalty<input id="lenpen" type="number" step="0.1"></label>
<label id="key-label" hidden>API key<input id="key" type="password" autocomplete="off"></label>
<button id="go" title="Ctrl+Enter">Translate</button>
</div>
</form>
<p id="status" role="status"></p>
<section id="answers"></section>
</main>
)html";

constexpr const char* kScript = R"js(
'use strict';
const at = id => document.getElementById(id);

function element(name, attributes = {}, text = '') {
  const made = name.match(/^(svg|g|rect|text|title)$/)
    ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// White where nothing is attended to, dark blue where all is.
function shade(weight) {
  const mix = (from, to) => Math.round(from + (to - from) * Math.min(1, weight));
  return `rgb(${mix(255, 0)},${mix(255, 0)},${mix(255, 139)})`;
}

// Squares: source tokens below, target tokens on the left, from top to bottom.
function map({source, target, weights}) {
  const side = 24, widest = pieces => 12 + 8.5 * Math.max(...pieces.map(piece => piece.length));
  const left = widest(target), width = side * source.length, height = side * target.length;
  const svg = element('svg', {width: left + width + 2, height: height + widest(source) + 2, role: 'img'});
  svg.append(element('title', {}, 'Attention of the target tokens (left) to the source tokens (below)'));
  weights.forEach((row, y) => row.forEach((weight, x) => {
    const square = element('rect', {x: left + x * side, y: 1 + y * side, width: side, height: side, fill: shade(weight)});
    square.append(element('title', {}, `${target[y]} ← ${source[x]}: ${weight.toFixed(3)}`));
    svg.append(square);
  }));
  svg.append(element('rect', {x: left, y: 1, width, height, class: 'frame'}));
  target.forEach((piece, y) =>
    svg.append(element('text', {x: left - 6, y: 1 + (y + .7) * side, 'text-anchor': 'end'}, piece)));
  source.forEach((piece, x) => {
    const middle = left + (x + .68) * side;
    svg.append(element('text', {transform: `translate(${middle},${height + 8}) rotate(-90)`, 'text-anchor': 'end'}, piece));
  });
  return svg;
}

const kLegend = 'Attention of each target token (left) to the source tokens (below): darker squares show more.';

// The text of a sentence: its place is in code points, of which some are two units of a string here.
function slice(text, {begin, end}) {
  return Array.from(text).slice(begin, end).join('');
}

function card(text, translation) {
  const article = element('article'), list = element('ol'), picture = element('div', {class: 'map'});
  article.append(element('p', {class: 'source'}, text), element('p', {class: 'best'}, translation.text));
  const buttons = translation.hypotheses.map(hypothesis => {
    const button = element('button', {type: 'button', 'aria-pressed': false, title: 'Show what it attends to'});
    button.append(element('span', {class: 'score'}, hypothesis.score.toFixed(3)), element('span', {}, hypothesis.text));
    button.onclick = () => {
      buttons.forEach(other => other.setAttribute('aria-pressed', other === button));
      picture.replaceChildren(map(hypothesis.attention), element('p', {class: 'source'}, kLegend));
    };
    const item = element('li');
    item.append(button);
    list.append(item);
    return button;
  });
  if (buttons.length > 0) buttons[0].click();
  article.append(list, picture);
  return article;
}

function say(text, error = false) {
  at('status').textContent = text;
  at('status').className = error ? 'error' : '';
}

// A translation of several sentences as a whole, then each.
function show(text, translation) {
  const cards = translation.sentences.map(sentence => card(slice(text, sentence), sentence));
  if (translation.warning) cards.unshift(element('p', {class: 'warning'}, translation.warning));
  if (translation.sentences.length > 1) cards.unshift(element('article', {id: 'whole'}, translation.text));
  at('answers').replaceChildren(...cards);
}

async function translate() {
  const text = at('text').value;
  at('answers').replaceChildren();
  if (text.trim() === '') return say('');
  const nbest = Number(at('nbest').value), beam = Math.max(nbest, Number(at('beam').value));
  at('beam').value = beam;
  at('go').disabled = true;
  say('Translating …');
  const start = performance.now(), headers = {'Content-Type': 'application/json'};
  if (values.needsKey) headers['X-API-Key'] = at('key').value;
  try {
    const response = await fetch('translate', {
      method: 'POST', headers,
      body: JSON.stringify({text, nbest, beam, lenpen: Number(at('lenpen').value), split: true, attention: true}),
    });
    const answer = await response.json();
    if (!response.ok) return say(answer.error, true);
    show(text, answer.translations[0]);
    const sentences = answer.translations[0].sentences.length;
    const count = sentences === 1 ? '1 sentence' : `${sentences} sentences`;
    say(`${count} in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  } catch (error) {
    say('The server does not answer.', true);
  } finally {
    at('go').disabled = false;
  }
}

at('form').onsubmit = event => {
  event.preventDefault();
  translate();
};
at('text').onkeydown = event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) translate();
};
fetch('health').then(response => response.json()).then(health =>
  at('model').textContent = [values.languages, health.model].filter(part => part !== '').join(' · '));
at('key-label').hidden = !values.needsKey;
const wishes = new URLSearchParams(location.search);
for (const id of ['text', 'nbest', 'beam', 'lenpen']) at(id).value = wishes.get(id) ?? values[id] ?? '';
at('nbest').max = at('beam').max = values.mostBeam;
if (wishes.has('text')) translate();
)js";

}  // namespace

std::string web_page(const ServeOptions& options) {
  using Json = nlohmann::ordered_json;
  const std::string languages = options.source_lang.empty() ? ""
                                                            : fmt::format("{} → {}", language_name(options.source_lang),
                                                                          language_name(options.target_lang));
  const Json values = {{"beam", options.search.beam},
                       {"nbest", std::min<int64_t>(3, options.search.beam)},
                       {"lenpen", options.search.lenpen},
                       {"mostBeam", options.max_beam},
                       {"needsKey", !options.api_key_file.empty()},
                       {"languages", languages}};
  std::string text = values.dump(-1, ' ', true, Json::error_handler_t::replace);
  for (size_t at = text.find('<'); at != text.npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Rotor</title>\n{}{}{}{}",
                     R"(<meta name="viewport" content="width=device-width, initial-scale=1">)",
                     "\n<link rel=\"icon\" href=\"data:,\">\n", fmt::format("<style>{}</style>\n", kStyle),
                     fmt::format("{}<script>const values = {};{}</script>\n</html>\n", kBody, text, kScript));
}

}  // namespace rotor

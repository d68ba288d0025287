// Saves what somebody types, while they type, so that nothing typed is ever lost.
//
// <form data-autosave="ADDRESS"> with a hidden field named revision posts its changed fields 800 ms
// after the last key, when a field is left, and when the page is left. One request is under way at a
// time. What is not confirmed yet is kept in this browser's storage and offered again.
//
// Sent:     the changed fields, revision (what this page was based on), tab (this page's own id).
// Answers:  200 {saved_at, revision, said} · 409 {conflict: {fields, saved_at, saved_by, revision}},
//           with every field as stored · 4xx {refusal} · anything else is "not now", tried again.
//           said, if any, are words by name, put wherever the page has data-said="NAME".
// The server takes an old revision from the tab that saved last: its answer may have been lost.

const PAUSE = 800; // ms after the last key
const LONGEST_WAIT = 60_000; // ms between two tries
const KEEP_FOR = 30 * 24 * 3600 * 1000; // ms that unsent text is kept on this device
const TAB = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
const NEVER = new Set(["csrfmiddlewaretoken", "revision", "tab"]);

const savers = [];

const cookie = (name) =>
  document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1];

// Line ends and outer blanks are no difference between two texts.
const plain = (list) => {
  const texts = list.map((text) => text.replaceAll("\r\n", "\n").trim());
  return texts.every((text) => text === "") ? [] : texts;
};
const same = (one, other) => JSON.stringify(plain(one)) === JSON.stringify(plain(other));
const sameFields = (one, other) => {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(one[name], other[name]))
  );
};

class Saver {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.autosave;
    this.prefix = `criterion:draft:${document.body.dataset.account ?? ""}:${this.address}:`;
    this.known = this.values(); // what the server is known to hold
    this.pending = false; // a request is under way
    this.refused = null; // the server said no to this text
    this.conflicting = false; // a choice is open
    this.trouble = ""; // why the last try did not arrive
    this.savedAt = "";
    this.wait = 2000;
    this.timer = null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed(0));
    form.addEventListener("focusout", () => this.isDirty() && this.schedule(0));
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    this.offerKept();
  }

  // The form's fields by name, each a list of strings; a group with nothing chosen is an empty list.
  values() {
    const values = new Map();
    for (const field of this.form.elements) {
      if (!field.name || field.disabled || NEVER.has(field.name)) continue;
      if ("autosaveSkip" in field.dataset || field.type === "file") continue;
      if (/^(submit|button|reset|fieldset|output)$/.test(field.type)) continue;
      if (!values.has(field.name)) values.set(field.name, []);
      const list = values.get(field.name);
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) list.push(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.selectedOptions) list.push(option.value);
      } else {
        list.push(field.value);
      }
    }
    return values;
  }

  changes() {
    const changed = {};
    for (const [name, list] of this.values())
      if (!same(list, this.known.get(name) ?? [])) changed[name] = list;
    return changed;
  }

  isDirty() {
    return Object.keys(this.changes()).length > 0;
  }

  get revision() {
    return this.form.elements.namedItem("revision");
  }

  changed(pause = PAUSE) {
    this.refused = null;
    if (this.isDirty()) {
      this.keep();
      this.schedule(pause);
    } else {
      this.forget();
    }
    report();
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  body(fields) {
    const body = new URLSearchParams();
    for (const [name, list] of Object.entries(fields))
      if (list.length) for (const value of list) body.append(name, value);
      else body.append(name, "");
    body.append("revision", this.revision?.value ?? "");
    body.append("tab", TAB);
    return body;
  }

  request(fields, leaving = false) {
    return fetch(this.address, {
      method: "POST",
      body: this.body(fields),
      credentials: "same-origin",
      redirect: "manual", // a redirect means signed out, never saved
      keepalive: leaving,
      headers: {
        Accept: "application/json",
        "X-CSRFToken":
          cookie("csrftoken") ?? this.form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "",
      },
    });
  }

  async save() {
    clearTimeout(this.timer);
    if (this.pending || this.conflicting || this.refused) return;
    const sent = this.changes();
    if (!Object.keys(sent).length) return;
    this.pending = true;
    report();
    try {
      const response = await this.request(sent);
      const answer = await response.json().catch(() => ({}));
      if (response.ok && "revision" in answer) this.saved(sent, answer);
      else if (response.status === 409 && answer.conflict) this.conflict(answer.conflict);
      else if (answer.refusal) this.refuse(sent, answer.refusal);
      else if (response.type === "opaqueredirect" || response.status === 401)
        this.later("you are signed out. Sign in again in another tab");
      else if (response.status === 403 || response.status === 404)
        this.later("this page is no longer open to you. Copy your text before you leave");
      else this.later("the site did not answer");
    } catch {
      this.later("no connection");
    } finally {
      this.pending = false;
    }
    report();
    if (!this.trouble && this.isDirty()) this.schedule(PAUSE);
  }

  // A refusal is about what was sent. What was typed meanwhile may be the remedy: it is sent next.
  refuse(sent, why) {
    this.trouble = "";
    this.wait = 2000;
    if (sameFields(sent, this.changes())) this.refused = why;
  }

  saved(sent, answer) {
    for (const [name, list] of Object.entries(sent)) this.known.set(name, list);
    this.advance(answer.revision);
    for (const [name, words] of Object.entries(answer.said ?? {}))
      for (const place of document.querySelectorAll("[data-said]"))
        if (place.dataset.said === name) place.textContent = words;
    this.savedAt = answer.saved_at ?? "";
    this.trouble = "";
    this.wait = 2000;
    if (this.isDirty()) this.keep();
    else this.forget();
    this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: answer }));
  }

  // Two answers may arrive in the wrong order; the revision never goes back.
  advance(revision) {
    if (this.revision && revision !== undefined && Number(revision) >= Number(this.revision.value || 0))
      this.revision.value = revision;
  }

  later(why) {
    this.trouble = why;
    this.keep();
    this.schedule(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // Two texts -------------------------------------------------------------------------------

  conflict({ fields, saved_at: at, saved_by: by, revision }) {
    const mine = this.changes();
    const theirs = {};
    const differing = [];
    for (const [name, value] of Object.entries(fields ?? {})) {
      theirs[name] = Array.isArray(value) ? value.map(String) : [String(value ?? "")];
      const before = this.known.get(name) ?? [];
      if (!(name in mine)) this.put(name, theirs[name]); // changed there only
      else if (!same(theirs[name], mine[name]) && !same(theirs[name], before)) {
        differing.push(name);
        continue;
      }
      this.known.set(name, name in mine && same(theirs[name], mine[name]) ? mine[name] : theirs[name]);
    }
    this.advance(revision);
    if (!differing.length) {
      this.schedule(0);
      return;
    }
    this.conflicting = true;
    this.choose({
      title: by ? `${by} saved this at ${at}` : `Another tab saved this at ${at}`,
      names: differing,
      theirs,
      other: "The other",
    });
  }

  choose({ title, names, theirs, other }) {
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const heading = document.createElement("h3");
    heading.textContent = title;
    const why = document.createElement("p");
    why.textContent = "Both texts are here. Choose which one stays.";
    box.append(heading, why);
    const mine = this.values();
    const held = [];
    for (const name of names) {
      const pair = document.createElement("div");
      pair.className = "conflict-texts";
      for (const [label, list] of [["Yours", mine.get(name) ?? []], [other, theirs[name]]]) {
        const part = document.createElement("div");
        const caption = document.createElement("h4");
        caption.textContent = `${label}: ${this.labelOf(name)}`;
        const text = document.createElement("p");
        text.tabIndex = 0;
        text.textContent = this.inWords(name, list);
        part.append(caption, text);
        pair.append(part);
      }
      held.push({ name, mine: mine.get(name) ?? [], theirs: theirs[name] });
      box.append(pair);
    }
    const actions = document.createElement("div");
    actions.className = "actions";
    const button = (label, css, act) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = `btn ${css} btn-dense`;
      element.textContent = label;
      element.addEventListener("click", () => {
        for (const choice of held) choice.mine = this.values().get(choice.name) ?? [];
        act();
        this.conflicting = false;
        const fold = this.notUsed(held, label === "Keep mine" ? "theirs" : "mine");
        box.replaceWith(fold);
        fold.querySelector("summary").focus();
        this.keep();
        this.save();
        report();
      });
      actions.append(element);
    };
    button("Keep mine", "btn-primary", () => {
      for (const { name, theirs: list } of held) this.known.set(name, list);
    });
    button("Use the other", "btn-quiet", () => {
      for (const { name, theirs: list } of held) {
        this.put(name, list);
        this.known.set(name, this.values().get(name) ?? []);
      }
    });
    box.append(actions);
    this.showAt(names[0], box);
  }

  // Beside the field that it is about: at the head of a long form it would be out of sight.
  showAt(name, box) {
    const [first] = this.fieldsOf(name);
    const around = [".cols", ".field", "fieldset"].map((kind) => first?.closest(kind));
    const place = around.find((part) => part && this.form.contains(part));
    if (place) place.before(box);
    else this.form.prepend(box);
    box.scrollIntoView({ block: "nearest" });
  }

  // The text that was not chosen stays readable until the page is left.
  notUsed(held, side) {
    const fold = document.createElement("details");
    fold.className = "fold";
    const summary = document.createElement("summary");
    summary.textContent = "The text that was not used";
    const body = document.createElement("div");
    body.className = "fold-body conflict-texts";
    for (const choice of held) {
      const text = document.createElement("p");
      text.textContent = this.inWords(choice.name, choice[side]);
      body.append(text);
    }
    fold.append(summary, body);
    return fold;
  }

  fieldsOf(name) {
    const field = this.form.elements.namedItem(name);
    return field instanceof RadioNodeList ? [...field] : field ? [field] : [];
  }

  labelOf(name) {
    const [first, ...others] = this.fieldsOf(name);
    const legend = first?.closest("fieldset")?.querySelector("legend");
    const label = others.length ? legend : (first?.labels?.[0] ?? legend);
    return label?.textContent.trim() ?? name;
  }

  // A text as it is; of choices what the page calls them, without their keys.
  inWords(name, list) {
    const called = (value) => {
      const choice = this.fieldsOf(name).find(
        (field) => /^(checkbox|radio)$/.test(field.type) && field.value === value,
      );
      const parts = [...(choice?.labels?.[0]?.childNodes ?? [])];
      const words = parts.filter((part) => part.nodeName !== "KBD").map((part) => part.textContent);
      return (words.join("") || value).trim();
    };
    return list.map(called).filter(Boolean).join(", ") || "(nothing)";
  }

  put(name, list) {
    this.fieldsOf(name).forEach((each, at) => {
      if (each.type === "checkbox" || each.type === "radio") each.checked = list.includes(each.value);
      else if (each.type === "select-multiple")
        for (const option of each.options) option.selected = list.includes(option.value);
      else each.value = list[at] ?? "";
    });
  }

  // This device -----------------------------------------------------------------------------

  keep(submitted = false) {
    try {
      const kept = {
        fields: this.changes(),
        revision: this.revision?.value ?? "",
        at: Date.now(),
        submitted,
      };
      localStorage.setItem(this.prefix + TAB, JSON.stringify(kept));
    } catch {
      // No room or no storage: the page itself still holds the text, and leaving it asks first.
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.prefix + TAB);
    } catch {
      // Nothing was kept.
    }
  }

  // Text of an earlier visit that never arrived: put back where nothing else was saved since,
  // otherwise both texts are shown.
  offerKept() {
    let kept = null;
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.prefix))) {
        const found = JSON.parse(localStorage.getItem(key));
        localStorage.removeItem(key);
        if (Date.now() - found.at < KEEP_FOR && (!kept || found.at > kept.at)) kept = found;
      }
    } catch {
      return;
    }
    if (!kept) return;
    const now = this.values();
    const names = Object.keys(kept.fields).filter(
      (name) => now.has(name) && !same(now.get(name), kept.fields[name]),
    );
    const unchanged = kept.revision === (this.revision?.value ?? "");
    if (!names.length || (kept.submitted && !unchanged)) return;
    const stored = Object.fromEntries(names.map((name) => [name, now.get(name)]));
    for (const name of names) this.put(name, kept.fields[name]);
    this.keep();
    if (unchanged) {
      this.schedule(0);
      return;
    }
    this.conflicting = true;
    this.choose({
      title: "Text from this device that was not saved, and something newer",
      names,
      theirs: stored,
      other: "Saved since",
    });
  }

  // Leaving ---------------------------------------------------------------------------------

  beforeSubmit(event) {
    clearTimeout(this.timer);
    if (this.conflicting) {
      event.preventDefault();
      this.form.querySelector(".conflict button").focus();
      return;
    }
    if (!this.pending) {
      this.leaving = true;
      if (this.isDirty()) this.keep(true); // until a page shows that the submission arrived
      return;
    }
    // The save under way decides the revision that this submission must carry.
    event.preventDefault();
    const { submitter } = event;
    const again = setInterval(() => {
      if (this.pending) return;
      clearInterval(again);
      clearTimeout(this.timer);
      this.form.requestSubmit(submitter);
    }, 50);
  }

  leave() {
    if (this.leaving || this.conflicting || this.refused) return;
    const changes = this.changes();
    const text = JSON.stringify(changes);
    if (text === "{}" || text === this.lastTried) return;
    this.lastTried = text;
    this.keep();
    this.lastTry(changes);
  }

  // Goes out even while another request is under way, because that one may die with the page.
  async lastTry(changes) {
    try {
      const response = await this.request(changes, true);
      const answer = await response.json();
      if (response.ok && "revision" in answer) this.saved(changes, answer);
    } catch {
      // The text is kept on this device and offered at the next visit.
    } finally {
      this.lastTried = "";
    }
    report();
  }
}

// One line for all forms of the page: trouble first, then work under way, then the last save.
function report() {
  const status = document.querySelector(".saved[role=status]");
  if (!status) return;
  const refused = savers.find((saver) => saver.refused);
  const choosing = savers.find((saver) => saver.conflicting);
  const troubled = savers.find((saver) => saver.trouble && saver.isDirty());
  const busy = savers.some((saver) => saver.pending || saver.isDirty());
  const last = savers.map((saver) => saver.savedAt).sort().at(-1);
  if (refused) say(status, "is-waiting", "alert", `Not saved: ${refused.refused}`);
  else if (choosing) say(status, "is-waiting", "alert", "Not saved yet: choose which text stays.");
  else if (troubled)
    say(status, "is-waiting", "clock", `Not saved yet: ${troubled.trouble}. Your text is kept on this device.`);
  else if (busy) say(status, "is-busy", "half", "Saving…");
  else if (last) say(status, "", "tick", `Saved ${last}`);
  else say(status, atFirst.css, atFirst.icon, atFirst.words);
}

// What the page says before anything is typed; said again where everything typed is taken back.
const atFirst = { css: "", icon: "ring", words: "" };
{
  const status = document.querySelector(".saved[role=status]");
  atFirst.css = status?.classList.contains("is-busy") ? "is-busy" : "";
  atFirst.icon = status?.querySelector("use")?.getAttribute("href").slice("#i-".length) ?? "ring";
  atFirst.words = status?.querySelector("span")?.textContent ?? "";
}

function say(status, css, icon, words) {
  const text = status.querySelector("span") ?? status;
  if (text.textContent === words) return;
  status.classList.remove("is-busy", "is-waiting");
  if (css) status.classList.add(css);
  status.querySelector("use")?.setAttribute("href", `#i-${icon}`);
  text.textContent = words;
}

const adopt = (root) => {
  for (const form of root.querySelectorAll("form[data-autosave]"))
    if (!savers.some((saver) => saver.form === form)) savers.push(new Saver(form));
};

adopt(document);
document.addEventListener("htmx:afterSettle", (event) => {
  for (const gone of savers.filter((saver) => !saver.form.isConnected)) {
    clearTimeout(gone.timer);
    savers.splice(savers.indexOf(gone), 1);
  }
  adopt(event.target.parentNode ?? document);
  report();
});

addEventListener("online", () => {
  for (const saver of savers) saver.save();
});
document.addEventListener("visibilitychange", () => {
  for (const saver of savers)
    if (document.visibilityState === "hidden") saver.leave();
    else if (saver.trouble) saver.save();
});
addEventListener("pagehide", () => {
  for (const saver of savers) saver.leave();
});
// What is merely on its way is saved by the last try; only what cannot be saved is worth a question.
addEventListener("beforeunload", (event) => {
  const stuck = (saver) => saver.conflicting || saver.refused || saver.trouble;
  if (savers.some((saver) => !saver.leaving && stuck(saver) && saver.isDirty())) event.preventDefault();
});
report();

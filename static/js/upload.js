// Sends the files of <form data-upload> one by one, each with its own progress and its own answer.
// Without this script the same form posts all its files at once, the ordinary way.
//
// Each file is one POST to the form's action with the form's other fields. 2xx: added.
// 4xx with {refusal}: said beside that file. Afterwards the elements that data-upload-refresh names
// are fetched anew and replaced, so that the list shows what was added.

const sizeInWords = (bytes) =>
  bytes < 999_500 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

const iconOf = (name) => {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  icon.append(use);
  return icon;
};

class Line {
  // One file's line: its name, its state in words, and a bar while it travels.
  constructor(list, file) {
    this.element = document.createElement("li");
    const name = document.createElement("span");
    name.className = "file";
    name.textContent = file.name;
    this.state = document.createElement("span");
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.element.append(name, this.state, this.bar);
    list.append(this.element);
    this.say("off", "ring", `Waiting, ${sizeInWords(file.size)}`);
  }

  say(kind, icon, words) {
    this.state.className = `state state-${kind}`;
    this.state.replaceChildren(iconOf(icon), ` ${words}`);
  }

  travel(share) {
    this.bar.value = Math.round(share * 100);
    if (share < 1) this.say("wait", "half", `${Math.round(share * 100)} %`);
    else this.say("wait", "half", "Being checked");
  }

  added() {
    this.bar.remove();
    this.say("ok", "tick", "Added");
  }

  refused(words, again) {
    this.bar.remove();
    this.say("act", "alert", "Not added");
    const why = document.createElement("p");
    why.className = "why";
    why.textContent = words;
    this.element.append(why);
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-dense";
    button.textContent = "Try again";
    button.addEventListener("click", () => {
      why.remove();
      button.remove();
      this.element.append(this.bar);
      again();
    });
    this.element.append(button);
  }
}

class Uploader {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.limit = Number(form.dataset.uploadLimit) || Infinity;
    this.queue = [];
    this.busy = false;
    this.list = document.createElement("ul");
    this.list.className = "uploads";
    this.list.hidden = true;
    this.news = document.createElement("p");
    this.news.className = "visually-hidden";
    this.news.setAttribute("role", "status");
    form.append(this.list, this.news);
    form.addEventListener("submit", (event) => {
      if (!this.input.files.length) return; // the browser or the server says what is missing
      event.preventDefault();
      this.take([...this.input.files]);
    });
    const place = form.querySelector(".drop");
    if (place) this.accept(place);
  }

  accept(place) {
    const over = (yes) => (event) => {
      event.preventDefault();
      place.classList.toggle("is-over", yes);
    };
    place.addEventListener("dragover", over(true));
    place.addEventListener("dragleave", over(false));
    place.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length) this.take([...event.dataTransfer.files]);
    });
  }

  take(files) {
    this.list.hidden = false;
    const rest = new FormData(this.form);
    rest.delete(this.input.name);
    for (const file of files) this.queue.push({ file, rest, line: new Line(this.list, file) });
    this.input.value = "";
    this.work();
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    let added = 0;
    let refused = 0;
    while (this.queue.length) {
      const job = this.queue.shift();
      if (await this.send(job)) added += 1;
      else refused += 1;
    }
    this.busy = false;
    if (added) await this.refresh();
    this.news.textContent =
      `${added} ${added === 1 ? "file" : "files"} added.` + (refused ? ` ${refused} not added.` : "");
  }

  send({ file, rest, line }) {
    if (file.size > this.limit) {
      line.refused(
        `The file is ${sizeInWords(file.size)}; the limit is ${sizeInWords(this.limit)}. Make it smaller or split it, then add it again.`,
      );
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const body = new FormData();
      for (const [name, value] of rest) body.append(name, value);
      body.append(this.input.name, file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", this.form.getAttribute("action") || location.href);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) line.travel(event.loaded / event.total);
      });
      const again = () => {
        this.queue.push({ file, rest, line });
        this.work();
      };
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300) {
          line.added();
          resolve(true);
          return;
        }
        line.refused(...this.reasonOf(request, again));
        resolve(false);
      });
      for (const broken of ["error", "abort", "timeout"])
        request.addEventListener(broken, () => {
          line.refused("The connection broke before the file arrived. Nothing was stored.", again);
          resolve(false);
        });
      request.send(body);
    });
  }

  reasonOf(request, again) {
    try {
      const { refusal } = JSON.parse(request.responseText);
      if (refusal) return [refusal];
    } catch {
      // Not our answer: a proxy's page, or a session that has ended.
    }
    if (request.status === 413) return ["The file is larger than this site takes. Make it smaller or split it."];
    if (request.status === 401 || request.status === 403)
      return ["You may be signed out. Sign in again in another tab, then try again.", again];
    return ["The site did not take the file. Nothing was stored.", again];
  }

  async refresh() {
    const selector = this.form.dataset.uploadRefresh;
    if (!selector) return location.reload();
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok) return undefined;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const now of document.querySelectorAll(selector)) {
      const then = now.id && page.getElementById(now.id);
      if (!then || now.contains(this.form)) continue;
      now.replaceWith(then);
      window.htmx?.process(then);
    }
    return undefined;
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Uploader(form);

// A file dropped beside its place would open in the tab and take the page away.
for (const kind of ["dragover", "drop"])
  addEventListener(kind, (event) => {
    if (document.querySelector("form[data-upload] .drop")) event.preventDefault();
  });

addEventListener("beforeunload", (event) => {
  if (document.querySelector(".uploads progress")) event.preventDefault();
});

// Fields of names by comma become a combobox with suggestions, and the chosen ones chips that can
// be taken away. Without this script the field takes names and slugs as text.
// The field itself stays in the form, hidden, with the slugs by comma as its value.

const PAUSE = 150; // milliseconds of rest in typing before suggestions are asked for
const SUGGESTIONS_MAX = 8;

export class NamePicker {
  #control; // the element that holds label and field, and now the picker
  #field; // the field of the form
  #type; // what may be chosen: company, developer or model
  #input;
  #list;
  #chips;
  #status;
  #names = new Map(); // names by slug, as far as they are known
  #options = []; // the suggestions that are shown
  #active = -1; // the place of the suggestion that Enter would choose
  #pending; // the search that is waited for
  #timer;

  constructor(control) {
    this.#control = control;
    this.#field = control.querySelector("input");
    this.#type = control.dataset.names;
    this.#build();
    this.#showChips();
    this.#learnNames();
  }

  // Takes the value of the same field on a page that was fetched.
  sync(fresh) {
    const field = fresh.querySelector("input");
    this.#field.value = field.value;
    this.#markInvalid(field);
    this.#showChips();
    this.#learnNames();
  }

  #markInvalid(field) {
    if (field.hasAttribute("aria-invalid")) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }

  #build() {
    const id = this.#field.id;
    this.#input = make("input", {
      id: `${id}-search`, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-options`,
      "aria-describedby": `${id}-chosen`,
    });
    this.#chips = make("ul", { class: "chips", id: `${id}-chosen` });
    this.#list = make("ul", { class: "options", role: "listbox", id: `${id}-options`, hidden: "" });
    this.#list.setAttribute("aria-label", "Suggestions");
    this.#status = make("p", { class: "unseen", role: "status" });
    this.#control.querySelector("label").htmlFor = this.#input.id;
    this.#markInvalid(this.#field);
    this.#field.type = "hidden";
    this.#field.after(this.#chips, this.#input, this.#list, this.#status);
    this.#control.querySelector("datalist")?.remove();
    this.#input.addEventListener("input", () => this.#searchSoon());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => this.#close());
    // What is typed here is no answer yet: the form must not ask for it.
    this.#input.addEventListener("change", (event) => event.stopPropagation());
    // Before the field loses focus, which would close the list under the pointer.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#choose(this.#options[[...this.#list.children].indexOf(option)]);
    });
  }

  get #slugs() {
    return this.#field.value.split(",").map((slug) => slug.trim()).filter(Boolean);
  }

  #set(slugs, message) {
    this.#field.value = slugs.join(",");
    this.#showChips();
    this.#status.textContent = message;
    this.#field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #showChips() {
    this.#chips.replaceChildren(...this.#slugs.map((slug) => this.#chip(slug)));
  }

  #chip(slug) {
    const name = this.#names.get(slug) ?? slug;
    const button = make("button", { type: "button", "aria-label": `Remove ${name}` });
    button.textContent = "×";
    button.addEventListener("click", () => {
      this.#set(this.#slugs.filter((other) => other !== slug), `${name} removed`);
      this.#input.focus();
    });
    const text = document.createElement("bdi");
    text.textContent = name;
    const chip = document.createElement("li");
    chip.append(text, button);
    return chip;
  }

  // An address names slugs only.
  async #learnNames() {
    const unknown = this.#slugs.filter((slug) => !this.#names.has(slug));
    if (!unknown.length) return;
    const section = this.#type === "company" ? "companies" : `${this.#type}s`;
    const query = new URLSearchParams({ [this.#type]: unknown.join(",") });
    try {
      const response = await fetch(`/api/v1/${section}?${query}`);
      if (!response.ok) return;
      for (const row of (await response.json()).data) this.#names.set(row[this.#type], row.name);
      this.#showChips();
    } catch {
      // The chips show the slugs, as the address does.
    }
  }

  #searchSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE);
  }

  async #search() {
    this.#pending?.abort();
    const text = this.#input.value.trim();
    if (!text) return this.#close();
    this.#pending = new AbortController();
    const { signal } = this.#pending;
    // A company stands among developers for all of its own.
    const type = this.#type === "developer" ? "developer,company" : this.#type;
    const query = new URLSearchParams({ q: text.slice(0, 100), type, limit: SUGGESTIONS_MAX });
    try {
      const response = await fetch(`/api/v1/search?${query}`, { signal });
      if (response.ok) this.#show((await response.json()).data);
    } catch {
      // Aborted by the next letters, or offline: what is typed can still be entered.
    }
  }

  #show(rows) {
    const chosen = new Set(this.#slugs);
    this.#options = rows.filter((row) => row.type === "company" || !chosen.has(row.slug));
    this.#list.replaceChildren(...this.#options.map((row, place) => this.#option(row, place)));
    this.#list.hidden = !this.#options.length;
    this.#input.setAttribute("aria-expanded", String(!this.#list.hidden));
    this.#activate(-1);
    const count = this.#options.length;
    this.#status.textContent = count === 1 ? "1 suggestion" : `${count || "No"} suggestions`;
  }

  #option(row, place) {
    const option = make("li", {
      role: "option", id: `${this.#list.id}-${place}`, "aria-selected": "false",
    });
    const name = document.createElement("bdi");
    name.textContent = row.name;
    option.append(name);
    const more = row.match_kind === "name" || row.match === row.name ? "" : row.match;
    const all = row.type === "company" && this.#type === "developer" ? "all its developers" : "";
    const beside = [more, all].filter(Boolean).join(" · ");
    if (beside) {
      const aside = make("span", { class: "status" });
      aside.textContent = beside;
      option.append(" ", aside);
    }
    return option;
  }

  #activate(place) {
    this.#active = place;
    [...this.#list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === place));
    });
    const option = this.#list.children[place];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #onKey(event) {
    const count = this.#list.hidden ? 0 : this.#options.length;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && count) {
      event.preventDefault();
      const before = moves[event.key] < 0 && this.#active < 0 ? 0 : this.#active;
      this.#activate((before + moves[event.key] + count) % count);
    } else if (event.key === "Enter" && this.#input.value.trim()) {
      event.preventDefault();
      this.#enter(count);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      this.#close();
    } else if (event.key === "Backspace" && !this.#input.value && this.#slugs.length) {
      const last = this.#slugs.at(-1);
      this.#set(this.#slugs.slice(0, -1), `${this.#names.get(last) ?? last} removed`);
    }
  }

  // What is typed and not chosen is asked as it is: the server knows every name.
  #enter(count) {
    if (count && this.#active >= 0) return this.#choose(this.#options[this.#active]);
    const text = this.#input.value.trim();
    this.#clear();
    this.#set([...this.#slugs, text], `${text} added`);
  }

  #choose(row) {
    this.#clear();
    // The slug of a company may be a developer's too; its name means all of them.
    const isCompany = row.type === "company" && this.#type === "developer";
    if (!isCompany) this.#names.set(row.slug, row.name);
    const value = isCompany ? row.name.replaceAll(",", " ") : row.slug;
    const slugs = this.#slugs.filter((slug) => slug !== value);
    this.#set([...slugs, value], `${row.name} added`);
  }

  #clear() {
    this.#input.value = "";
    this.#close();
  }

  #close() {
    clearTimeout(this.#timer);
    this.#pending?.abort();
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }
}

function make(tag, attributes) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

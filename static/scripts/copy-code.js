// <copy-code>: a button that copies the text of the field, or of the <pre>, inside it.

class CopyCode extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    this.field = this.querySelector("textarea, pre");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.textContent = "Copy";
    this.button.setAttribute("aria-describedby", this.field.id);
    this.status = document.createElement("span");
    this.status.setAttribute("role", "status");
    this.button.addEventListener("click", () => this.copy());
    this.append(this.button, this.status);
  }

  // The clipboard is open to pages over https only; elsewhere the text is marked for the keyboard.
  async copy() {
    try {
      await navigator.clipboard.writeText(this.field.value ?? this.field.textContent);
      this.status.textContent = "Copied.";
    } catch {
      if (this.field.select) this.field.select();
      else getSelection().selectAllChildren(this.field);
      this.status.textContent = "Marked: press Ctrl+C or ⌘C.";
    }
  }
}

customElements.define("copy-code", CopyCode);

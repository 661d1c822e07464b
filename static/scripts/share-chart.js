// <share-chart>: draws the figure in its JSON, in the colours of the theme and the room there is.
// Until then, and on paper, the server's picture of it stands there.

import { ChartReader } from "./chart-reading.js";
import { PointCitation } from "./point-citation.js";

const NARROW = 640;
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  responsive: false, // the element watches its own width, and changes more than the size
  doubleClick: false,
};

// Every light colour of the palette, wherever it stands, becomes the theme's.
function themed(value, palette, style) {
  if (typeof value === "string") {
    const role = palette[value];
    return (role && style.getPropertyValue(`--${role}`).trim()) || value;
  }
  if (Array.isArray(value)) return value.map((item) => themed(item, palette, style));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, themed(item, palette, style)]),
  );
}

// On a phone the box of a month must not be wider than the plot: what a share is at most goes below.
function brokenWords(trace) {
  if (!trace.hovertext) return trace;
  const hovertext = trace.hovertext.map((text) => text.replace(/, at (least|most) /, "<br>at $1 "));
  return { ...trace, hovertext };
}

class ShareChart extends HTMLElement {
  connectedCallback() {
    this.plot = this.querySelector(".plot");
    this.figure = JSON.parse(this.querySelector("script").textContent);
    this.redraw = () => this.draw();
    if (this.dataset.cite) this.citation ??= new PointCitation(this, this.dataset.cite);
    this.reader ??= new ChartReader(this, this.figure.data, this.citation);
    this.sizeObserver = new ResizeObserver(() => this.resized());
    this.sizeObserver.observe(this);
    darkScheme.addEventListener("change", this.redraw);
    this.draw();
  }

  disconnectedCallback() {
    this.sizeObserver.disconnect();
    darkScheme.removeEventListener("change", this.redraw);
    globalThis.Plotly?.purge(this.plot);
  }

  resized() {
    if (this.clientWidth && this.clientWidth !== this.width) this.draw();
  }

  draw() {
    if (!globalThis.Plotly) return;
    this.width = this.clientWidth;
    if (!this.width) return;
    const { palette, narrow } = this.figure.layout.meta;
    const isNarrow = this.width < NARROW;
    const layout = { ...this.figure.layout, ...(isNarrow ? narrow : {}) };
    const data = isNarrow ? this.figure.data.map(brokenWords) : this.figure.data;
    const figure = { data, layout: { ...layout, width: this.width } };
    const themedFigure = themed(figure, palette, getComputedStyle(this));
    Plotly.react(this.plot, themedFigure.data, themedFigure.layout, CONFIG);
    this.reader.chartDrawn(themedFigure.layout);
    if (this.citation && !this.pressable) {
      this.pressable = true;
      this.plot.on("plotly_click", ({ points }) => this.pressed(points));
    }
  }

  pressed(points) {
    // Plotly gives them as they lie upon each other; the links stand as the series are listed.
    const ordered = [...points].sort((one, other) => one.curveNumber - other.curveNumber);
    this.citation.show(
      ordered.map(({ curveNumber, pointNumber }) => ({
        trace: this.figure.data[curveNumber],
        index: pointNumber,
      })),
    );
  }
}

customElements.define("share-chart", ShareChart);

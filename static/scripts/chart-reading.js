// Reading a chart by keyboard: a ring goes from point to point, and each is said in words.

const HELP =
  "Arrow keys: left and right go through the months, up and down through the series; " +
  "Home and End to the first and last month; Escape ends.";
const HELP_CITE = " Enter leads to the page that cites the number.";
export const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
let count = 0;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&#123;": "{", "&amp;": "&" };

// Plotly takes names and words with their markup escaped.
export function plain(text) {
  return text.replace(/&(lt|gt|amp|#123);/g, (entity) => ENTITIES[entity]);
}

// Plotly's axis knows no time zone; a date alone is UTC in any case.
function timestamp(value) {
  if (typeof value === "number") return value;
  return Date.parse(value.length === 10 ? value : `${value}Z`);
}

// How far along an axis of the layout a value stands, 0 to 1.
function fractionAlong(axis, value) {
  const [start, end] = axis.range.map(timestamp);
  return (timestamp(value) - start) / (end - start);
}

function element(name, className, role = "") {
  const node = document.createElement(name);
  node.className = className;
  if (role) node.setAttribute("role", role);
  return node;
}

export class ChartReader {
  constructor(chart, traces, citation) {
    this.chart = chart;
    this.citation = citation;
    this.traces = traces;
    this.hasSeveralSources = new Set(traces.map((trace) => trace.meta.source)).size > 1;
    this.ring = element("span", "ring");
    this.ring.hidden = true;
    this.panel = element("div", "reading");
    this.help = element("p", "keys");
    this.help.id = `keys-${(count += 1)}`;
    this.help.textContent = HELP + (citation ? HELP_CITE : "");
    this.status = element("p", "said", "status");
    this.panel.append(this.status, this.help);
  }

  // Only a chart that has been drawn can be read; every redrawing may have moved the point.
  chartDrawn(layout) {
    this.layout = layout;
    if (this.panel.parentElement) {
      if (this.position) this.showRing();
      return;
    }
    const { chart } = this;
    chart.append(this.ring, this.panel);
    chart.tabIndex = 0;
    chart.setAttribute("role", "application");
    chart.setAttribute("aria-roledescription", "chart");
    chart.setAttribute("aria-label", chart.querySelector(".plot").getAttribute("aria-label"));
    // What is counted, of what: said once, before the numbers.
    const defined = document.getElementById("definition") ? "definition " : "";
    chart.setAttribute("aria-describedby", defined + this.help.id);
    chart.addEventListener("keydown", (event) => this.handleKey(event));
    chart.addEventListener("blur", () => this.end());
  }

  handleKey(event) {
    if (event.target !== this.chart) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") return this.position && this.end("The reading has ended.");
    if (event.key === "Enter" && this.position && this.citation) return this.cite();
    const next = this.nextPosition(event.key);
    if (!next) return;
    event.preventDefault();
    this.position = next;
    this.showRing();
    this.status.textContent = this.describePoint();
  }

  cite() {
    const { trace, index } = this.position;
    if (this.citation.show([{ trace: this.traces[trace], index }])) this.citation.firstLink.click();
  }

  // The point a key leads to; the first key leads to the latest month of the first series.
  nextPosition(key) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const up = this.traces[0]?.type === "bar" && this.traces[0].orientation !== "h" ? 1 : -1;
    const series = { ArrowUp: up, ArrowDown: -up }[key];
    if (!(key in steps) && !series) return null;
    if (!this.position) {
      return { trace: 0, index: key === "Home" ? 0 : this.traces[0].x.length - 1 };
    }
    const { trace, index } = this.position;
    const clamp = (value, length) => Math.min(Math.max(value, 0), length - 1);
    if (!series) return { trace, index: clamp(index + steps[key], this.traces[trace].x.length) };
    const otherTrace = clamp(trace + series, this.traces.length);
    return { trace: otherTrace, index: this.nearestMonth(otherTrace, this.traces[trace].x[index]) };
  }

  // The index of the month nearest to `x`.
  nearestMonth(trace, x) {
    const months = this.traces[trace].x;
    const distances = months.map((month) => Math.abs(timestamp(month) - timestamp(x)));
    return distances.indexOf(Math.min(...distances));
  }

  describePoint() {
    const { trace, index } = this.position;
    const { name, hovertext, customdata, meta, x } = this.traces[trace];
    const label = plain(name);
    const pointText = plain(hovertext[index]);
    const monthName = customdata?.[index] ?? MONTH.format(timestamp(x[index]));
    if (meta.reported) return `Reported for ${monthName}: ${pointText}`;
    const value = pointText.slice(label.length).trim();
    const prefix = this.hasSeveralSources ? `${plain(meta.name)}: ` : "";
    const valueText = value === "–" ? "no figure" : value.replace(/ \((\w+)\)(?=,|$)/, ", $1");
    return `${prefix}${label}, ${monthName}, ${valueText}`;
  }

  showRing() {
    const { trace, index } = this.position;
    const { margin, width, height } = this.layout;
    const { x, xaxis, yaxis } = this.traces[trace];
    const [across, up] = [this.axisOf(xaxis), this.axisOf(yaxis)];
    const [low, high] = up.domain;
    const left = fractionAlong(across, x[index]) * (width - margin.l - margin.r);
    const above = 1 - (low + fractionAlong(up, this.levelOf(trace, index)) * (high - low));
    this.ring.style.left = `${margin.l + left}px`;
    this.ring.style.top = `${margin.t + above * (height - margin.t - margin.b)}px`;
    this.ring.hidden = false;
  }

  axisOf(name) {
    return this.layout[name.replace(/^([xy])/, "$1axis")];
  }

  // Where a point stands on its axis: a layer in its middle, a missing figure at the bottom.
  levelOf(trace, index) {
    const { type, orientation, y, yaxis, x } = this.traces[trace];
    if (type !== "bar" || orientation === "h") return y[index] ?? 0;
    const layersBelow = this.traces
      .slice(0, trace)
      .filter((other) => other.yaxis === yaxis && other.type === "bar")
      .map((other) => other.y[other.x.indexOf(x[index])] ?? 0);
    return layersBelow.reduce((sum, share) => sum + share, (y[index] ?? 0) / 2);
  }

  end(message = "") {
    this.position = null;
    this.ring.hidden = true;
    this.status.textContent = message;
  }
}

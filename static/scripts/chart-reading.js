// Reading a chart by keyboard: a ring goes from point to point, and each is said in words.

const HELP =
  "Arrow keys: left and right go through the months, up and down through the series; " +
  "Home and End to the first and last month; Escape ends.";
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
let count = 0;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&#123;": "{", "&amp;": "&" };

// Plotly takes names and words with their markup escaped.
function plain(text) {
  return text.replace(/&(lt|gt|amp|#123);/g, (entity) => ENTITIES[entity]);
}

// Plotly's axis knows no time zone; a date alone is UTC in any case.
function moment(value) {
  if (typeof value === "number") return value;
  return Date.parse(value.length === 10 ? value : `${value}Z`);
}

// How far along an axis of the layout a value stands, 0 to 1.
function along(axis, value) {
  const [start, end] = axis.range.map(moment);
  return (moment(value) - start) / (end - start);
}

function element(name, className, role = "") {
  const made = document.createElement(name);
  made.className = className;
  if (role) made.setAttribute("role", role);
  return made;
}

export class Reading {
  constructor(chart, traces) {
    this.chart = chart;
    this.traces = traces;
    this.several = new Set(traces.map((trace) => trace.meta.source)).size > 1;
    this.ring = element("span", "ring");
    this.ring.hidden = true;
    this.panel = element("div", "reading");
    this.help = element("p", "keys");
    this.help.id = `keys-${(count += 1)}`;
    this.help.textContent = HELP;
    this.said = element("p", "said", "status");
    this.panel.append(this.said, this.help);
  }

  // Only a chart that has been drawn can be read; every redrawing may have moved the point.
  drawn(layout) {
    this.layout = layout;
    if (this.panel.parentElement) {
      if (this.at) this.point();
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
    chart.addEventListener("keydown", (event) => this.key(event));
    chart.addEventListener("blur", () => this.end());
  }

  key(event) {
    if (event.target !== this.chart) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") return this.at && this.end("The reading has ended.");
    const next = this.next(event.key);
    if (!next) return;
    event.preventDefault();
    this.at = next;
    this.point();
    this.said.textContent = this.words();
  }

  // The point a key leads to; the first key leads to the latest month of the first series.
  next(key) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const up = this.traces[0]?.type === "bar" && this.traces[0].orientation !== "h" ? 1 : -1;
    const series = { ArrowUp: up, ArrowDown: -up }[key];
    if (!(key in steps) && !series) return null;
    if (!this.at) return { trace: 0, index: key === "Home" ? 0 : this.traces[0].x.length - 1 };
    const { trace, index } = this.at;
    const within = (value, length) => Math.min(Math.max(value, 0), length - 1);
    if (!series) return { trace, index: within(index + steps[key], this.traces[trace].x.length) };
    const other = within(trace + series, this.traces.length);
    return { trace: other, index: this.nearest(other, this.traces[trace].x[index]) };
  }

  // The index of the month nearest to `x`.
  nearest(trace, x) {
    const away = this.traces[trace].x.map((other) => Math.abs(moment(other) - moment(x)));
    return away.indexOf(Math.min(...away));
  }

  words() {
    const { trace, index } = this.at;
    const { name, hovertext, customdata, meta, x } = this.traces[trace];
    const label = plain(name);
    const shown = plain(hovertext[index]);
    const when = customdata?.[index] ?? MONTH.format(moment(x[index]));
    if (meta.reported) return `Reported for ${when}: ${shown}`;
    const value = shown.slice(label.length).trim();
    const whose = this.several ? `${plain(meta.name)}: ` : "";
    const told = value === "–" ? "no figure" : value.replace(/ \((\w+)\)$/, ", $1");
    return `${whose}${label}, ${when}, ${told}`;
  }

  point() {
    const { trace, index } = this.at;
    const { margin, width, height } = this.layout;
    const { x, xaxis, yaxis } = this.traces[trace];
    const [across, up] = [this.axis(xaxis), this.axis(yaxis)];
    const [low, high] = up.domain;
    const left = along(across, x[index]) * (width - margin.l - margin.r);
    const above = 1 - (low + along(up, this.level(trace, index)) * (high - low));
    this.ring.style.left = `${margin.l + left}px`;
    this.ring.style.top = `${margin.t + above * (height - margin.t - margin.b)}px`;
    this.ring.hidden = false;
  }

  axis(name) {
    return this.layout[name.replace(/^([xy])/, "$1axis")];
  }

  // Where a point stands on its axis: a layer in its middle, a missing figure at the bottom.
  level(trace, index) {
    const { type, orientation, y, yaxis, x } = this.traces[trace];
    if (type !== "bar" || orientation === "h") return y[index] ?? 0;
    const below = this.traces
      .slice(0, trace)
      .filter((other) => other.yaxis === yaxis && other.type === "bar")
      .map((other) => other.y[other.x.indexOf(x[index])] ?? 0);
    return below.reduce((sum, share) => sum + share, (y[index] ?? 0) / 2);
  }

  end(words = "") {
    this.at = null;
    this.ring.hidden = true;
    this.said.textContent = words;
  }
}

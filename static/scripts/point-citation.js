// A line below a chart with links to the pages that cite the numbers of the month last pressed.

import { MONTH, plain } from "./chart-reading.js";

export class PointCitation {
  // `address` asks for the whole chart; month, group and source of a point narrow it to a number.
  constructor(chart, address) {
    this.address = address;
    this.line = document.createElement("p");
    this.line.className = "cite-points";
    this.line.setAttribute("role", "status");
    chart.after(this.line);
  }

  // Points of one month, each a trace of the figure and an index in it.
  show(points) {
    const cited = points.filter(({ trace, index }) => this.canCite(trace, index));
    if (!cited.length) return false;
    const month = cited[0].trace.x[cited[0].index];
    const links = cited.map(({ trace, index }) => this.link(trace, index));
    this.line.replaceChildren(`Cite ${MONTH.format(Date.parse(`${month.slice(0, 10)}Z`))}: `);
    links.forEach((link, place) => this.line.append(place ? " · " : "", link));
    return true;
  }

  // A bar of a single month has no month on its axis: its table has the links.
  canCite(trace, index) {
    return trace.meta.group && trace.orientation !== "h" && trace.y[index] !== null;
  }

  link(trace, index) {
    const { source, group, left_out: leftOut } = trace.meta;
    const [path, query] = this.address.split("?");
    const asked = new URLSearchParams(query);
    asked.set("source", source);
    asked.set("month", trace.x[index].slice(0, 7));
    asked.set("group", leftOut ? `-${group}` : group);
    const link = document.createElement("a");
    link.href = `${path}?${asked}`;
    link.textContent = plain(trace.hovertext[index]);
    return link;
  }

  get firstLink() {
    return this.line.querySelector("a");
  }
}

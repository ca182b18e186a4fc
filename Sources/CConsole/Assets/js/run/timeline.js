// The list of what happened. Only the last entries are in the document, and an entry is drawn anew only when it has
// changed, at most once a frame; so ten thousand events cost what some hundred do.

import { button, h, replace } from "../dom.js";
import { entry, fits, words } from "./entries.js";

const most = 300;

const filters = [["all", "All"], ["calls", "Tool calls"], ["checks", "Checks"], ["trouble", "Trouble"], ["people", "People"]];

export class Timeline {
  #state;
  #context = { opened: new Set() };
  #elements = new Map();
  #changed = new Set();
  #frame = 0;
  #first = 0;
  #filter = "all";
  #follows = true;
  #top = 0;
  #sizes = new ResizeObserver(() => { if (this.#follows) this.#keepUp(); });
  #list = h("ol", { class: "timeline", "aria-label": "What happened" });
  #earlier = button("", { class: "quiet earlier", hidden: true }, () => this.#showEarlier());
  #follow = h("button", { type: "button", class: "follow", hidden: true, onclick: () => this.toEnd() }, "Jump to the newest");
  #tabs = h("div", { class: "segments", role: "group", "aria-label": "Show" }, filters.map(([name, label]) =>
    h("button", { type: "button", "data-filter": name, onclick: () => this.#choose(name) }, label)));

  #onScroll = () => {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller();
    const rest = scrollHeight - clientHeight - scrollTop;
    // Entries get their true height when they come into sight, which moves the end; only a person moves up.
    if (rest < 60) this.#follows = true;
    else if (scrollTop < this.#top - 4) this.#follows = false;
    this.#top = scrollTop;
    this.#follow.hidden = this.#follows || this.#state.step === "end";
  };

  constructor(state) {
    this.#state = state;
    const folding = button("Open all", { class: "quiet small end" }, () => this.toggleAll());
    this.element = h("section", { "aria-label": "Timeline" }, h("div", { class: "timeline-head" }, this.#tabs, folding),
      this.#earlier, this.#list, this.#follow);
    document.addEventListener("scroll", this.#onScroll, { passive: true, capture: true });
    this.#sizes.observe(this.#list);
    this.#choose("all");
  }

  leave() {
    this.#sizes.disconnect();
    document.removeEventListener("scroll", this.#onScroll, { capture: true });
    cancelAnimationFrame(this.#frame);
  }

  /// Items that look different now.
  update(items) {
    for (const item of items) this.#changed.add(item);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  toEnd() {
    this.#follows = true;
    this.#follow.hidden = true;
    this.#scroller().scrollTop = this.#scroller().scrollHeight;
  }

  toggleAll() {
    const boxes = [...this.#list.querySelectorAll("details.call")];
    const open = !boxes.some((box) => box.open);
    for (const box of boxes) box.open = open;
  }

  /// Moves the focus from entry to entry.
  step(by) {
    const all = [...this.#list.querySelectorAll(".sequence")];
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    next?.focus();
    next?.closest("li").scrollIntoView({ block: "nearest" });
  }

  #choose(filter) {
    this.#filter = filter;
    for (const tab of this.#tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.filter === filter));
    this.#first = this.#before(this.#state.items.length);
    this.#drawAll();
  }

  /// Where one has to begin to show as many entries as are shown at once, and end before an index.
  #before(end) {
    let left = most;
    let first = end;
    while (first > 0 && left > 0) if (fits(this.#state.items[--first], this.#filter)) left -= 1;
    return first;
  }

  #showEarlier() {
    const scroller = this.#scroller();
    const height = scroller.scrollHeight;
    this.#first = this.#before(this.#first);
    this.#drawAll();
    scroller.scrollTop += scroller.scrollHeight - height;
  }

  #drawAll() {
    this.#changed.clear();
    this.#elements.clear();
    const items = this.#state.items.slice(this.#first).filter((item) => fits(item, this.#filter));
    replace(this.#list, items.map((item) => this.#make(item)));
    this.#count();
  }

  #make(item) {
    const element = entry(item, this.#context);
    element.dataset.index = item.index;
    this.#elements.set(item.key, element);
    return element;
  }

  #draw() {
    this.#frame = 0;
    if (this.#follows && this.#filter === "all") this.#trim();
    for (const item of [...this.#changed].sort((one, other) => one.index - other.index)) this.#place(item);
    this.#changed.clear();
    this.#count();
    if (this.#follows) this.#keepUp();
  }

  #place(item) {
    if (item.index < this.#first) return;
    const old = this.#elements.get(item.key);
    if (!fits(item, this.#filter)) return old?.remove();
    const hadFocus = old?.contains(document.activeElement) && document.activeElement.classList.contains("sequence");
    const made = this.#make(item);
    if (old?.isConnected) old.replaceWith(made);
    else this.#list.insertBefore(made, this.#after(item));
    if (hadFocus) made.querySelector(".sequence").focus({ preventScroll: true });
  }

  /// What stands behind an item that is new in the list; nearly always nothing.
  #after(item) {
    let next = null;
    for (let one = this.#list.lastElementChild; one && Number(one.dataset.index) > item.index; one = one.previousElementSibling) next = one;
    return next;
  }

  #trim() {
    const over = this.#state.items.length - this.#first - most;
    if (over < most / 4) return;
    for (const item of this.#state.items.slice(this.#first, this.#first + over)) {
      this.#elements.get(item.key)?.remove();
      this.#elements.delete(item.key);
    }
    this.#first += over;
  }

  #count() {
    this.#earlier.hidden = this.#first === 0;
    this.#earlier.textContent = `Show earlier ones; ${words(this.#first)} stand before these`;
  }

  /// Where the window is high enough the timeline scrolls by itself below the head, else the whole page does.
  #scroller() {
    const own = this.element.closest(".run-main");
    return own && getComputedStyle(own).overflowY === "auto" ? own : document.scrollingElement;
  }

  /// Goes along with the newest; a page as a whole is left where it is, as its head would be gone.
  #keepUp() {
    const scroller = this.#scroller();
    this.#sizes.observe(scroller);
    if (scroller !== document.scrollingElement) scroller.scrollTop = scroller.scrollHeight;
    else if (scrollY > 400) scroller.scrollTop = scroller.scrollHeight;
  }

}

// Hears of changes: by a stream; where none can be had, by asking.
import { renewSession } from "./session.js";

const ASK_EVERY = 1000; // ms
const STREAM_AGAIN = 30_000; // ms

/** Tells `onVersion` the versions at an address, and no version once it is gone. */
export class Changes {
  #liveUrl;
  #stateUrl;
  #onVersion;
  #stream = null;
  #timers = [];
  #left = false;
  #renewed = false; // since a version was heard

  constructor(liveUrl, stateUrl, onVersion) {
    this.#liveUrl = liveUrl;
    this.#stateUrl = stateUrl;
    this.#onVersion = onVersion;
  }

  /** Follow while the page is visible: a browser has only six connections for all of its tabs. */
  follow() {
    const look = () => (document.hidden ? this.#stop() : this.#open());
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pageshow", look);
    window.addEventListener("pagehide", () => this.#stop());
    look();
  }

  /** Hear of nothing any more. */
  leave() {
    this.#left = true;
    this.#stop();
  }

  #open() {
    if (this.#left || this.#stream || this.#timers.length) return;
    const stream = (this.#stream = new EventSource(this.#liveUrl));
    stream.onmessage = (event) => this.#hear(JSON.parse(event.data).version);
    stream.addEventListener("gone", async () => {
      this.#pause();
      const timers = this.#timers;
      if (!(await this.#renew())) return this.#onVersion();
      if (timers !== this.#timers) return; // the page was hidden meanwhile
      this.#stop();
      this.#open();
    });
    let opened = false;
    stream.onopen = () => (opened = true);
    // One that was open the browser opens again by itself, unless the server says no.
    stream.onerror = () => {
      if (!opened || stream.readyState === EventSource.CLOSED) this.#ask();
    };
  }

  #stop() {
    this.#stream?.close();
    this.#stream = null;
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  /** Nothing for a while, then the stream again. */
  #pause() {
    this.#stop();
    const again = () => {
      this.#stop();
      this.#open();
    };
    this.#timers.push(setTimeout(again, STREAM_AGAIN));
  }

  #hear(version) {
    this.#renewed = false;
    this.#onVersion(version);
  }

  /** It may be only the token that is over; whether it was, and is no more. */
  async #renew() {
    if (this.#renewed) return false;
    this.#renewed = true;
    return renewSession().catch(() => false);
  }

  #ask() {
    if (this.#stream === null) return;
    this.#pause();
    this.#timers.push(setInterval(() => this.#askOnce(this.#timers), ASK_EVERY));
  }

  async #askOnce(timers) {
    try {
      const signal = AbortSignal.timeout(5 * ASK_EVERY);
      const answer = await fetch(this.#stateUrl, { cache: "no-store", signal });
      const version = answer.ok ? (await answer.json()).version : undefined;
      if (timers !== this.#timers) return; // the page was hidden meanwhile
      if (answer.ok) this.#hear(version);
      else if (answer.status === 401 && (await this.#renew())) return; // the next one is answered
      else if ([401, 404].includes(answer.status)) this.#onVersion();
    } catch {
      // The next question may be answered.
    }
  }
}

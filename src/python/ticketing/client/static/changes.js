// Hears of changes: by a stream; where none can be had, by asking.

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
    stream.onmessage = (event) => this.#onVersion(JSON.parse(event.data).version);
    stream.addEventListener("gone", () => {
      this.#pause();
      this.#onVersion();
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
      if (answer.ok || [401, 404].includes(answer.status)) this.#onVersion(version);
    } catch {
      // The next question may be answered.
    }
  }
}

// What goes wrong on purpose: DIR/faults.json, an object that is read anew for every request. No file, no faults.
import fs from 'node:fs';

export class Faults {
  #file;

  #last = {};

  constructor(file) {
    this.#file = file;
  }

  /** The switches. A file that is being written counts as it was before. */
  read() {
    try {
      this.#last = JSON.parse(fs.readFileSync(this.#file));
    } catch (error) {
      if (error.code === 'ENOENT') this.#last = {};
      else if (!(error instanceof SyntaxError)) throw error;
    }
    return this.#last;
  }

  /** Whether a switch that counts down is above 0. It is one less then; true counts as 1. */
  take(name) {
    const switches = this.read();
    if (!(switches[name] > 0)) return false;
    const left = { ...switches, [name]: switches[name] - 1 };
    fs.writeFileSync(`${this.#file}.new`, JSON.stringify(left));
    fs.renameSync(`${this.#file}.new`, this.#file);
    return true;
  }

  /** What this server takes for the time. */
  now() {
    return new Date(Date.now() + 1000 * (this.read()['clock-skew-s'] ?? 0));
  }
}

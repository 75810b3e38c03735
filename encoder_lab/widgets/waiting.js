/** Why an explorer waits: a kernel that is gone, was restarted, is busy, or was interrupted, told apart. */

const SOON = 1500; // milliseconds after which it is looked whether there is a kernel that could answer
const LATE = 6000; // milliseconds after which it is said that nobody answers

/** What keeps the answer, in a sentence; "" while it may still come. `waited` in milliseconds. Pure. */
export function reasonToWait({ kernel, gone, waited }, phrases) {
  if (kernel === null || ["dead", "terminating"].includes(kernel?.status)) return phrases.kernel_dead;
  if (gone || ["restarting", "autorestarting"].includes(kernel?.status)) return phrases.kernel_restarted;
  if (waited < LATE) return "";
  if (kernel === undefined) return phrases.no_answer_yet; // a front end that does not say
  return kernel.status === "busy" ? phrases.kernel_busy : phrases.kernel_silent;
}

/** Watch one explorer wait; `say(why)` gets that sentence, or "". Returns a function: whether it waits. */
export function watchWaiting({ model, el }, say) {
  let timer = 0;
  let since;
  function look() {
    const gone = el.closest(".jupyter-widgets-disconnected") !== null;
    say(reasonToWait({ kernel: model.widget_manager?.kernel, gone, waited: Date.now() - since }, model.get("phrases")));
    timer = setTimeout(look, SOON);
  }
  return (waits) => {
    if (waits && since !== undefined) return; // watched already
    clearTimeout(timer);
    since = waits ? Date.now() : undefined;
    if (waits) timer = setTimeout(look, SOON);
  };
}

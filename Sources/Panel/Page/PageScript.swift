/// The page's one script, served from `/page.js`: it renews what changed, where it stands. Without
/// it the page is whole, and renews itself as a whole.
enum PageScript {
    static let text = """
        "use strict";
        (() => {
          const path = document.body.dataset.events;
          const liveness = document.getElementById("liveness");
          const pollMs = 10000;
          let isBusy = false, isStale = false, seenAt = Date.now();

          function say(words) {
            if (liveness && liveness.textContent !== words) liveness.textContent = words;
          }

          // What finds the focused element again after its part was renewed: of those that are
          // like it, it is the one at `index`.
          function mark(part) {
            const focused = document.activeElement;
            if (!focused || !part.contains(focused)) return null;
            const details = focused.matches("summary") && focused.closest("details[id]");
            const href = focused.getAttribute("href");
            const like = focused.id ? "#" + CSS.escape(focused.id)
              : details ? `#${CSS.escape(details.id)} > summary`
              : href ? `a[href="${CSS.escape(href)}"]`
              : focused.localName;
            return { like, index: [...part.querySelectorAll(like)].indexOf(focused) };
          }

          function focusAgain(part, { like, index }) {
            const all = part.querySelectorAll(like);
            const again = all[Math.min(index, all.length - 1)];
            if (again) again.focus({ preventScroll: true });
          }

          // What the panel said of each part: what a person opened or typed there is no news.
          const said = new WeakMap();

          function swap(part, fresh) {
            const html = fresh.innerHTML;
            if (said.get(part) === html) return;
            if (part.contains(document.activeElement) &&
                document.activeElement.matches("input")) return;
            said.set(part, html);
            const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
            const focus = mark(part);
            const typed = [...part.querySelectorAll("input")].map((one) => one.value);
            const offsets = [...part.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
            part.replaceChildren(...fresh.childNodes);
            for (const id of open) {
              const details = document.getElementById(id);
              if (details && part.contains(details)) details.open = true;
            }
            part.querySelectorAll("input").forEach((one, index) => {
              one.value = typed[index] ?? one.value;
            });
            part.querySelectorAll(".scroll").forEach((one, index) => {
              one.scrollLeft = offsets[index] || 0;
            });
            if (focus) focusAgain(part, focus);
          }

          async function renew() {
            if (isBusy) { isStale = true; return; }
            isBusy = true;
            try {
              const answer = await fetch(location.href, { signal: AbortSignal.timeout(20000) });
              if (answer.redirected) { location.assign(answer.url); return; }
              if (!answer.ok) throw new Error(answer.status);
              const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
              const before = document.getElementById("verdict")?.textContent;
              for (const part of document.querySelectorAll("[data-live]")) {
                const other = fresh.getElementById(part.id);
                if (other) swap(part, other);
              }
              document.title = fresh.title;
              const after = document.getElementById("verdict")?.textContent;
              seenAt = Date.now();
              say(before !== after ? after : "Live.");
            } catch (error) {
              say(`Not renewed since ${new Date(seenAt).toISOString().slice(11, 19)}.`);
            } finally {
              isBusy = false;
              if (isStale) { isStale = false; renew(); }
            }
          }

          let poll = 0;
          function pollInstead() {
            if (!poll) poll = setInterval(() => { if (!document.hidden) renew(); }, pollMs);
          }

          function listen() {
            const events = new EventSource(path);
            let wasOpen = false;
            events.onopen = () => {
              clearInterval(poll);
              poll = 0;
              say("Live.");
              // What changed while there was no stream was told to nobody.
              if (wasOpen) renew();
              wasOpen = true;
            };
            events.addEventListener("changed", () => {
              if (document.hidden) isStale = true; else renew();
            });
            events.onerror = () => {
              if (events.readyState !== EventSource.CLOSED) return;
              // Refused: the session is over, or there are too many streams.
              renew();
              pollInstead();
            };
            addEventListener("pagehide", () => events.close());
          }

          for (const part of document.querySelectorAll("[data-live]")) {
            said.set(part, part.innerHTML);
          }
          document.addEventListener("visibilitychange", () => {
            if (!document.hidden && isStale) { isStale = false; renew(); }
          });
          if (path) listen(); else pollInstead();
        })();

        """
}

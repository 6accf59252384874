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

          // Where the focus is, so that the same place has it again after its part was renewed.
          function mark(part) {
            const focused = document.activeElement;
            if (!focused || !part.contains(focused)) return null;
            if (focused.id) return "#" + CSS.escape(focused.id);
            const href = focused.getAttribute("href");
            if (href) return `a[href="${CSS.escape(href)}"]`;
            const details = focused.closest("details[id]");
            return details ? `#${CSS.escape(details.id)} > summary` : null;
          }

          function swap(part, fresh) {
            if (part.innerHTML === fresh.innerHTML) return;
            if (part.contains(document.activeElement) &&
                document.activeElement.matches("input")) return;
            const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
            const focus = mark(part);
            const offsets = [...part.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
            part.replaceChildren(...fresh.childNodes);
            for (const id of open) {
              const details = document.getElementById(id);
              if (details && part.contains(details)) details.open = true;
            }
            part.querySelectorAll(".scroll").forEach((one, index) => {
              one.scrollLeft = offsets[index] || 0;
            });
            if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
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

          document.addEventListener("visibilitychange", () => {
            if (!document.hidden && isStale) { isStale = false; renew(); }
          });
          if (path) listen(); else pollInstead();
        })();

        """
}

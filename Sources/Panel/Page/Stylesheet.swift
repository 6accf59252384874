/// The page's one stylesheet, served from `/style.css`. Colours are never the only sign.
enum Stylesheet {
    static let text = """
        :root {
          --ink: #1c1f23; --soft: #5b6470; --line: #d9dee4; --ground: #fbfcfd; --panel: #ffffff;
          --up: #14713c; --booting: #1a5fb4; --failed: #a51d2d; --down: #8f3a00; --gone: #5b6470;
          --stale: #6b5300;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e8eaed; --soft: #9aa5b1; --line: #39414b; --ground: #14171b; --panel: #1b2026;
            --up: #62d08f; --booting: #82b7ff; --failed: #ff8a8f; --down: #ffb26b; --gone: #9aa5b1;
            --stale: #e3c04d;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.45 system-ui, sans-serif;
        }
        main { max-width: 90rem; margin: 0 auto; padding: 1.25rem clamp(0.75rem, 3vw, 2.5rem); }
        h1 { margin: 0; font-size: clamp(1.3rem, 1rem + 2vw, 2.2rem); overflow-wrap: anywhere; }
        h1::before { content: "● "; color: var(--gone); }
        h1.healthy::before { color: var(--up); }
        h1.starting::before { content: "◐ "; color: var(--booting); }
        h1.degraded::before { content: "▲ "; color: var(--down); }
        h1.unhealthy::before { content: "■ "; color: var(--failed); }
        h1.empty::before { content: "○ "; }
        h2 { margin: 2rem 0 0.5rem; font-size: 1.1rem; }
        .cluster { margin: 0.2rem 0 1.2rem; color: var(--soft); }
        footer { padding: 1rem clamp(0.75rem, 3vw, 2.5rem) 2rem; color: var(--soft); }
        footer { max-width: 90rem; margin: 0 auto; font-size: 0.875rem; }
        a { color: inherit; }
        small { display: block; color: var(--soft); font-weight: normal; }
        table { width: 100%; border-collapse: collapse; background: var(--panel); }
        table { border: 1px solid var(--line); }
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
        th, td { padding: 0.5rem 0.75rem; text-align: left; vertical-align: top; }
        th, td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-size: 0.875rem; font-weight: 600; }
        thead th { overflow-wrap: normal; }
        .volume { display: block; }
        .state { white-space: nowrap; font-weight: 600; }
        .state .mark { display: inline-block; width: 1.1em; }
        .state.up { color: var(--up); }
        .state.booting { color: var(--booting); }
        .state.stale { color: var(--stale); }
        .state.failed { color: var(--failed); }
        .state.down { color: var(--down); }
        .state.gone { color: var(--gone); }
        .steps { font-size: 0.9375rem; }
        .steps th, .steps td { padding-top: 0.3rem; padding-bottom: 0.3rem; }
        .steps th[scope="row"] { font-weight: 600; white-space: nowrap; }
        .steps td:nth-child(2) { white-space: nowrap; }
        .step.failed td { color: var(--failed); }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .when { width: 22%; min-width: 6rem; vertical-align: middle; }
        svg { display: block; width: 100%; height: 10px; }
        .track { fill: var(--line); }
        .bar { fill: var(--booting); }
        .failed .bar { fill: var(--failed); }
        @media (max-width: 56rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; }
          thead { clip-path: inset(50%); }
          table, tbody, tr, th, td { display: block; }
          table { border: 0; background: none; }
          tr { margin-bottom: 0.75rem; background: var(--panel); border: 1px solid var(--line); }
          tr { padding: 0.4rem 0.75rem; }
          th, td { border: 0; padding: 0.15rem 0; }
          td[data-label] { display: grid; grid-template-columns: 8rem 1fr; gap: 0.5rem; }
          td[data-label]::before { content: attr(data-label); color: var(--soft); }
          .steps th, .steps td { padding: 0.1rem 0; }
          .number { text-align: left; }
          .when { width: auto; padding: 0.3rem 0; }
        }

        """
}

/// The pages' one stylesheet, served from `/style.css`. Colours are never the only sign.
enum Stylesheet {
    static let text = colors + frame + tables + nodes + charts + narrow

    private static let colors = """
        :root {
          --ink: #1c1f23; --soft: #56606b; --line: #d9dee4; --ground: #fbfcfd; --panel: #ffffff;
          --up: #14713c; --booting: #1a5fb4; --failed: #a51d2d; --down: #8f3a00; --gone: #56606b;
          --stale: #6b5300; --up-wash: #e6f4ea; --ill-wash: #fbe9e7; --link: #1a5fb4;
          --c0: #1a5fb4; --c1: #b3541e; --c2: #14713c; --c3: #813d9c; --c4: #8a6d00; --c5: #a51d5d;
          --breach: #a51d2d14; --rest: #6b530022; --focus: #1a5fb4;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e8eaed; --soft: #a3aeba; --line: #39414b; --ground: #14171b; --panel: #1b2026;
            --up: #62d08f; --booting: #82b7ff; --failed: #ff8a8f; --down: #ffb26b; --gone: #a3aeba;
            --stale: #e3c04d; --up-wash: #1a2d22; --ill-wash: #38201f; --link: #82b7ff;
            --c0: #82b7ff; --c1: #ffa66b; --c2: #62d08f; --c3: #d29bee; --c4: #e3c04d;
            --c5: #ff8fc0;
            --breach: #ff8a8f1c; --rest: #e3c04d2b; --focus: #82b7ff;
          }
        }

        """

    private static let frame = """
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.45 system-ui, sans-serif;
        }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
        main:focus { outline: none; }
        .skip { position: absolute; left: 0.5rem; top: -4rem; padding: 0.5rem 1rem; }
        .skip { background: var(--panel); border: 2px solid var(--focus); z-index: 1; }
        .skip:focus { top: 0.5rem; }
        header, main, footer { max-width: 100rem; margin: 0 auto; }
        header, main, footer { padding: 0 clamp(0.75rem, 3vw, 2.5rem); }
        header { display: flex; flex-wrap: wrap; gap: 0 2rem; align-items: baseline; }
        header { padding-top: 0.75rem; }
        .brand { margin: 0; font-weight: 700; }
        header ul, .ranges { display: flex; flex-wrap: wrap; gap: 0 0.25rem; }
        header ul, .ranges { margin: 0; padding: 0; }
        header li, .ranges li { list-style: none; }
        header li a, .ranges a { display: inline-block; padding: 0.25rem 0.6rem; }
        header nav a, .ranges a { color: var(--soft); text-decoration: none; border-radius: 4px; }
        header nav a:hover, .ranges a:hover { text-decoration: underline; }
        [aria-current] { color: var(--ink) !important; font-weight: 600; background: var(--line); }
        main { padding-top: 1rem; padding-bottom: 1rem; }
        h1 { margin: 0; font-size: clamp(1.3rem, 1rem + 1.6vw, 2.1rem); overflow-wrap: anywhere; }
        h1 { line-height: 1.25; }
        #verdict::before { content: "● "; color: var(--gone); }
        #verdict.healthy::before { color: var(--up); }
        #verdict.starting::before { content: "◐ "; color: var(--booting); }
        #verdict.degraded::before { content: "▲ "; color: var(--down); }
        #verdict.unhealthy::before { content: "■ "; color: var(--failed); }
        #verdict.empty::before { content: "○ "; }
        .hdfs strong { color: var(--failed); }
        .forecast { margin: 0.3rem 0 0; color: var(--soft); }
        h2 { margin: 1.8rem 0 0.5rem; font-size: 1.1rem; }
        .heading { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; }
        .heading { justify-content: space-between; }
        .nothing { color: var(--soft); }
        footer { padding-bottom: 2rem; color: var(--soft); font-size: 0.875rem; }
        footer form { margin: 0.5rem 0; }
        a { color: var(--link); }
        small { display: block; color: var(--soft); font-weight: normal; }
        .plain { margin: 0; padding: 0; list-style: none; }
        .plain li { padding: 0.2rem 0; overflow-wrap: anywhere; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; }
        .unseen { clip-path: inset(50%); white-space: nowrap; }
        .refused { color: var(--failed); font-weight: 600; }
        input, button { font: inherit; color: inherit; background: var(--panel); }
        input, button { border: 1px solid var(--soft); border-radius: 4px; padding: 0.3rem 0.6rem; }
        input { max-width: 100%; }
        .login input { display: block; }
        .find { margin: 0.75rem 0; }
        .pages { margin: 1rem 0; }
        .pages a, .pages span { margin-right: 1rem; }

        """

    private static let tables = """
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; background: var(--panel); }
        table { border: 1px solid var(--line); }
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
        caption { clip-path: inset(50%); }
        th, td { padding: 0.45rem 0.75rem; text-align: left; vertical-align: top; }
        th, td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-size: 0.875rem; font-weight: 600; }
        thead th { overflow-wrap: normal; }
        .nowrap { white-space: nowrap; }
        .volume { display: block; }
        .steps, .lines { font-size: 0.9375rem; }
        .lines td { overflow-wrap: break-word; }
        .lines td:last-child { overflow-wrap: anywhere; }
        .steps th, .steps td { padding-top: 0.3rem; padding-bottom: 0.3rem; }
        .steps th[scope="row"] { font-weight: 600; white-space: nowrap; }
        .steps td:nth-child(2) { white-space: nowrap; }
        .step.failed td { color: var(--failed); }
        .use.orphan td:nth-child(2), .use.set-aside td:nth-child(2) { font-weight: 600; }
        .use.orphan td:nth-child(2), .use.set-aside td:nth-child(2) { color: var(--down); }
        th.number, .number { text-align: right; font-variant-numeric: tabular-nums; }
        .number { white-space: nowrap; }
        .when { width: 22%; min-width: 6rem; vertical-align: middle; }
        .when svg { display: block; width: 100%; height: 10px; }
        .track { fill: var(--line); }
        .bar { fill: var(--booting); }
        .failed .bar { fill: var(--failed); }
        .facts { display: grid; }
        .facts { grid-template-columns: repeat(auto-fill, minmax(min(15rem, 45%), 1fr)); }
        .facts { gap: 0.75rem 1.5rem; margin: 1rem 0; }
        dt { color: var(--soft); font-size: 0.875rem; }
        dd { margin: 0 0 0.4rem; overflow-wrap: anywhere; }
        .decisions { margin: 0; padding: 0; list-style: none; }
        .decisions li { border-bottom: 1px solid var(--line); }
        .decisions summary { padding: 0.35rem 0; cursor: pointer; overflow-wrap: anywhere; }
        .decisions time { color: var(--soft); font-variant-numeric: tabular-nums; }
        .decisions dl { margin: 0.25rem 0 0.75rem 1.25rem; }
        .decisions .add summary { font-weight: 600; }
        .mark { display: inline-block; min-width: 1.1em; }
        .plain .drain { padding: 0.6rem 0.75rem; margin-bottom: 0.5rem; }
        .drain { border: 1px solid var(--line); background: var(--panel); }
        .drain p { margin: 0.15rem 0; }
        .stall strong { color: var(--failed); }
        progress { width: 10rem; max-width: 100%; vertical-align: middle; accent-color: var(--c0); }
        meter { width: 6rem; vertical-align: middle; }

        """

    private static let nodes = """
        .state { white-space: nowrap; font-weight: 600; }
        .up { --state: var(--up); }
        .booting { --state: var(--booting); }
        .stale { --state: var(--stale); }
        .failed { --state: var(--failed); }
        .down { --state: var(--down); }
        .gone { --state: var(--gone); }
        .draining, .decommissioned { --state: var(--c3); }
        .state, .cell .mark { color: var(--state, var(--ink)); }
        .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.25rem; padding: 0; }
        .legend { margin: 0.25rem 0 0.5rem; }
        .legend { font-size: 0.875rem; color: var(--soft); list-style: none; }
        .legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
        .grid-of-nodes { display: grid; gap: 4px; padding: 0; margin: 0 0 1.25rem; }
        .grid-of-nodes { grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
        .cell { list-style: none; position: relative; background: var(--panel); }
        .cell { border: 1px solid var(--line); border-left: 4px solid var(--state); }
        .cell.up { background: var(--up-wash); }
        .cell.failed, .cell.down { background: var(--ill-wash); }
        .cell a { display: flex; gap: 0.3rem; align-items: baseline; padding: 0.3rem 0.4rem; }
        .cell a { color: var(--ink); text-decoration: none; font-size: 0.875rem; }
        .cell a:hover .name { text-decoration: underline; }
        .cell .name { flex: 1; min-width: 0; overflow-wrap: anywhere; line-height: 1.2; }
        .cell .load { color: var(--soft); font-variant-numeric: tabular-nums; }
        .heat { display: block; width: 100%; max-width: 75rem; background: var(--panel); }
        .heat { border: 1px solid var(--line); }
        .dense { fill: var(--state); }

        """

    private static let charts = """
        .charts { display: grid; gap: 1.5rem 2rem; margin-top: 0.5rem; }
        .charts { grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
        .chart { margin: 0; min-width: 0; }
        .chart figcaption { font-weight: 600; font-size: 0.9375rem; margin-top: 0.5rem; }
        .chart figcaption .legend { font-weight: normal; }
        .plot { display: block; width: 100%; overflow: visible; }
        .plot svg { overflow: visible; }
        .plot .grid { stroke: var(--line); stroke-width: 1; }
        .tick { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
        .tick { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
        .tick.time { text-anchor: middle; }
        .tick.end { text-anchor: end; }
        .line { fill: none; stroke-width: 1.8; vector-effect: non-scaling-stroke; }
        .line { stroke: var(--c0); stroke-linejoin: round; stroke-linecap: round; }
        .c1 { stroke: var(--c1); }
        .c2 { stroke: var(--c2); stroke-dasharray: 8 3; }
        .c3 { stroke: var(--c3); stroke-dasharray: 2 3; }
        .c4 { stroke: var(--c4); stroke-dasharray: 10 3 2 3; }
        .c5 { stroke: var(--c5); stroke-dasharray: 5 4; }
        .line.share { stroke-width: 1; stroke-dasharray: 1 4; }
        .line.right { stroke-dasharray: 6 4; }
        .key { display: inline-block; width: 20px; height: 8px; vertical-align: middle; }
        .key { margin-right: 0.2rem; }
        .line.all { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
        .line.nodes { stroke: var(--up); }
        .line.threshold { stroke: var(--failed); stroke-width: 1.4; stroke-dasharray: 6 4; }
        .breach { fill: var(--breach); }
        .rest { fill: var(--rest); }
        .event line { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 2; }
        .event text { fill: var(--ink); text-anchor: middle; font-size: 11px; }
        .event text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
        .event .count { font-weight: 600; }

        """

    private static let narrow = """
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
        @media (max-width: 40rem) {
          .tick.minor { display: none; }
          .event .count { font-size: 9px; }
          .lines td { overflow-wrap: anywhere; }
          .grid-of-nodes { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
          .cell .load { display: none; }
        }

        """
}

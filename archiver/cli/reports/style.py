"""The style sheet of the HTML report: for a screen in the light or the dark, and for paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1b1d21;--soft:#5b616b;--line:#d9dce1;--page:#f6f7f8;
--card:#fff;--gone:#a3180d;--changed:#b0480a;--restricted:#76309b;--suspect:#86620a;
--unknown:#55606e;--intact:#1a6b35;--old:#ffe1dd;--new:#d8f3df;--link:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a3abb6;--line:#3a4048;
--page:#15181c;--card:#1e2227;--gone:#ff8d80;--changed:#ffab70;--restricted:#d7a4f5;
--suspect:#eec664;--unknown:#b4bfcc;--intact:#7fd89b;--old:#5a1f1a;--new:#173f25;--link:#83bdff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.wrap{max-width:66rem;margin:0 auto;padding:2rem 1.25rem 4rem}
a{color:var(--link)} a:focus-visible,summary:focus-visible{outline:3px solid var(--link)}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .25rem} h2{font-size:1.2rem;margin:2.2rem 0 .8rem}
h3{font-size:1.08rem;line-height:1.4;margin:0;font-weight:600}
.kicker{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:0}
.sub,.meta,figcaption,footer{color:var(--soft);font-size:.9rem}
.sub{margin:.1rem 0;overflow-wrap:anywhere}
.total{font-size:1.2rem;margin:1.2rem 0 .6rem}
.bar{display:flex;height:.65rem;border-radius:.4rem;overflow:hidden;gap:2px}
.bar span{min-width:4px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;margin:.9rem 0 0;padding:0}
nav a{display:block;padding:.35rem .8rem;border:1px solid var(--line);border-radius:2rem;
background:var(--card);text-decoration:none;color:var(--ink)}
nav a b{font-variant-numeric:tabular-nums}
.dot{display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-inline-end:.4rem}
main:has(section:target) section:not(:target){display:none}
article{background:var(--card);border:1px solid var(--line);border-inline-start:5px solid;
border-radius:.5rem;padding:1rem 1.2rem;margin:0 0 1rem;overflow-wrap:anywhere}
article:target{outline:3px solid var(--link)}
.tag{display:inline-block;font-size:.74rem;font-weight:700;letter-spacing:.05em;
text-transform:uppercase;margin-inline-end:.5rem}
.meta{margin:.25rem 0 0}
blockquote{margin:.8rem 0;padding:.1rem .9rem;border-inline-start:3px solid var(--line)}
.change{border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0;overflow:hidden}
.change p{margin:0;padding:.5rem .8rem} .change p+p{border-top:1px solid var(--line)}
.side{display:inline-block;min-width:4.6rem;font-size:.78rem;color:var(--soft)}
.kind{display:inline-block;font-size:.75rem;padding:0 .5rem;border:1px solid var(--changed);
border-radius:1rem;color:var(--changed);margin-inline-start:.4rem}
del,ins{border-radius:.2rem;padding:0 .15rem} del{background:var(--old)}
ins{background:var(--new);text-decoration:underline;text-decoration-thickness:2px}
figure{margin:.8rem 0} .both{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.both figure{margin:0} figure img{max-width:100%;border:1px solid var(--line);
border-radius:.3rem;background:#fff} .both img{width:100%;max-height:15rem;
object-fit:cover;object-position:left top}
details{margin:.7rem 0 0;border-top:1px solid var(--line);padding-top:.5rem}
summary{cursor:pointer;color:var(--soft);font-size:.92rem}
.proof{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem;margin-top:.6rem}
h4{margin:.8rem 0 .3rem;font-size:.92rem}
.proof h4{margin-top:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:0;font-size:.86rem}
dt{color:var(--soft)} dd{margin:0;min-width:0}
code{font:0.82rem/1.45 ui-monospace,"DejaVu Sans Mono",monospace}
table{border-collapse:collapse;font-size:.86rem;width:100%} caption{text-align:start}
th,td{text-align:start;vertical-align:top;padding:.2rem .6rem .2rem 0;font-weight:400}
thead th{color:var(--soft)} ul.links{margin:.2rem 0;padding-inline-start:1.1rem;font-size:.86rem}
.note{border:1px solid var(--suspect);border-radius:.5rem;padding:.7rem 1rem;margin:1rem 0}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
.gone{border-inline-start-color:var(--gone)} .changed{border-inline-start-color:var(--changed)}
.restricted{border-inline-start-color:var(--restricted)}
.suspect{border-inline-start-color:var(--suspect)}
.unknown{border-inline-start-color:var(--unknown)} .intact{border-inline-start-color:var(--intact)}
.ink-gone{color:var(--gone)} .ink-changed{color:var(--changed)}
.ink-restricted{color:var(--restricted)} .ink-suspect{color:var(--suspect)}
.ink-unknown{color:var(--unknown)} .ink-intact{color:var(--intact)}
.fill-gone{background:var(--gone)} .fill-changed{background:var(--changed)}
.fill-restricted{background:var(--restricted)} .fill-suspect{background:var(--suspect)}
.fill-unknown{background:var(--unknown)} .fill-intact{background:var(--intact)}
@media (max-width:44rem){.both,.proof{grid-template-columns:1fr}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--page:#fff;--card:#fff;--line:#bbb;
--gone:#a3180d;--changed:#b0480a;--restricted:#76309b;--suspect:#86620a;--unknown:#55606e;
--intact:#1a6b35;--old:#ffe1dd;--new:#d8f3df;--link:#000}
body{font-size:11pt} .wrap{max-width:none;padding:0} nav{display:none}
main section{display:block!important} h2,h3,h4{break-after:avoid}
figure,.change,tr{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

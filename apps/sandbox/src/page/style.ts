/** The style of every page of the sandbox. */
export const style = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#dfe3ea;--card:#fff;--ground:#f3f5f9;--accent:#2f5bea;--on-accent:#fff;--warn:#fff4d6;--warn-ink:#6b4e00}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf3;--soft:#a3adbd;--line:#303948;--card:#1b222d;--ground:#11161e;--accent:#8aa6ff;--on-accent:#0c1222;--warn:#33290d;--warn-ink:#f1d58a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;display:flex;flex-direction:column;align-items:center;padding:0 16px 48px}
.banner{align-self:stretch;margin:0 -16px 32px;padding:6px 16px;text-align:center;font-size:13px;background:var(--warn);color:var(--warn-ink)}
main{width:100%;max-width:460px;background:var(--card);border:1px solid var(--line);border-radius:16px;padding:28px;box-shadow:0 8px 32px rgb(15 25 50/.07)}
main.wide{max-width:820px}
h1{font-size:22px;line-height:1.25;margin:0 0 8px}
h2{font-size:16px;margin:28px 0 8px}
p{margin:0 0 16px;color:var(--soft)}
.host{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--soft);margin:0 0 16px;overflow-wrap:anywhere}
fieldset{border:0;padding:0;margin:0 0 20px}
legend{font-weight:600;padding:0;margin-bottom:8px}
.person{display:flex;gap:12px;align-items:center;border:1px solid var(--line);border-radius:12px;padding:10px 14px;margin-bottom:8px;cursor:pointer}
.person:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.person input{accent-color:var(--accent);width:18px;height:18px;margin:0;flex:none}
.person span{display:block;overflow-wrap:anywhere}
.person .detail{font-size:14px;color:var(--soft)}
ul{margin:0 0 20px;padding-left:20px}
ul.plain{list-style:none;padding:0}
li{margin:4px 0;overflow-wrap:anywhere}
code{font:14px ui-monospace,SFMono-Regular,Menlo,monospace}
.decision{display:flex;gap:12px}
.decision+p,form+p{margin-top:16px}
button{flex:1;font:inherit;font-weight:600;padding:14px;border-radius:10px;border:1px solid var(--line);background:transparent;color:var(--ink);cursor:pointer}
button.allow{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
a{color:var(--accent)}
a.person{color:inherit;text-decoration:none}
a.button{display:block;text-align:center;font-weight:600;padding:14px;border-radius:10px;background:var(--accent);color:var(--on-accent);text-decoration:none}
label{font-weight:600}
input[type=text]{width:100%;font:14px ui-monospace,SFMono-Regular,Menlo,monospace;padding:14px;margin:8px 0 16px;border-radius:10px;border:1px solid var(--line);background:var(--ground);color:var(--ink)}
.row{display:flex;gap:12px;align-items:center;justify-content:space-between;border-top:1px solid var(--line);padding:10px 0;margin:0}
.row span span,.row .detail{display:block;color:var(--soft)}
.row span span:first-child{color:var(--ink)}
.row button{padding:8px 16px}
code.big{font-size:24px;font-weight:600;letter-spacing:.12em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(220px,1fr))}
.grid section{border:1px solid var(--line);border-radius:12px;padding:4px 16px}
.grid h2{margin-top:12px}
.grid ul{list-style:none;padding:0}
.detail{font-size:14px;color:var(--soft)}
`;

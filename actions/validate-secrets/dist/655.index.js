export const id=655;export const ids=[655];export const modules={655:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(9415);t(7660),t(6976),t(8988),t(663)}};

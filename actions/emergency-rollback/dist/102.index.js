export const id=102;export const ids=[102];export const modules={7102:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(5574);t(5695),t(7189),t(6509),t(2329)}};

export const id=578;export const ids=[578];export const modules={9578:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(7095);t(2605),t(5040),t(7454),t(5025)}};

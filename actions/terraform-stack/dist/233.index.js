export const id=233;export const ids=[233];export const modules={4233:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(3052);t(2398),t(2991),t(8885),t(3858)}};

export const id=8420;export const ids=[8420];export const modules={8420:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(3079);t(9753),t(5463),t(7959),t(8075)}};

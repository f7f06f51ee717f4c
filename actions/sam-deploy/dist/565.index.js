export const id=565;export const ids=[565];export const modules={8565:(o,s,t)=>{t.d(s,{fromEnv:()=>e.sF});var e=t(1650);t(6e3),t(8022),t(6554),t(5462)}};

export const id=574;export const ids=[574];export const modules={7574:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(3860);t(378),t(3231),t(6407),t(639)}};

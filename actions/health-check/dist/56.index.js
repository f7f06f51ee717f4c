export const id=56;export const ids=[56];export const modules={8056:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(2712);t(1819),t(5851),t(3887),t(5556)}};

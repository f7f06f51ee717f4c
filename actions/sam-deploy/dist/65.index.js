export const id=65;export const ids=[65];export const modules={6065:(e,o,t)=>{t.d(o,{parseTemplate:()=>s.QC});var s=t(7578);t(5462)}};
